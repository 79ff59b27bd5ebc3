"""Echo with a thread for each client, as the courses teach it: `server.py tcp|udp PORT`."""
import socket
import sys
import threading

kind, port = sys.argv[1], int(sys.argv[2])


def serve(client):
    with client:
        while data := client.recv(65536):
            client.sendall(data)


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", port))
if kind == "udp":
    print("ready", flush=True)
    while True:
        data, peer = server.recvfrom(65536)
        server.sendto(data, peer)
server.listen(511)
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=server.accept()[:1], daemon=True).start()
