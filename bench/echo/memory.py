"""What a server's memory does, in KiB: `memory.py idle|flood PORT PID COUNT`."""
import resource
import socket
import sys
import threading
import time

what, port, pid, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def status(field):
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field))


def settle():
    """Waits until the server's memory stands still."""
    before, still = -1, 0
    while still < 5:
        time.sleep(0.1)
        now = status("VmRSS")
        still = still + 1 if now == before else 0
        before = now
    return before


if what == "idle":
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    connect = lambda: socket.create_connection(("127.0.0.1", port))
    first = [connect() for _ in range(500)]
    before = settle()
    rest = [connect() for _ in range(count)]
    print((settle() - before) / count)
else:
    client = socket.create_connection(("127.0.0.1", port))

    def read():
        received = 0
        while data := client.recv(65536):
            received += len(data)
            # Slow for the first part, so that the server has to hold the rest back.
            if received < 32 << 20:
                time.sleep(0.001)

    reader = threading.Thread(target=read)
    reader.start()
    piece = bytes(1 << 20)
    for _ in range(count):
        client.sendall(piece)
    client.shutdown(socket.SHUT_WR)
    reader.join()
    print(status("VmHWM"))
