"""Reads a promotion over and over: `reader.py PORT PROMOTION STUDENTS`.

A process of its own and a foreign one, so that neither our client nor what others make of their answers is in
what it measures. At the end of its stdin it prints the milliseconds of each reading: until the last byte of the
answer has come.
"""

import json
import select
import socket
import sys
import time

port, promotion, students = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
INTERVAL = 0.02  # seconds between two readings
WARM_UP = 0.7  # seconds of reading that are not counted

connection = socket.socket()
# Room for a whole answer. The loopback's segments are of 64 KiB: in the usual 128 KiB the kernel finds no room
# for a third one now and then, and acknowledges the second 40 ms later.
connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
connection.connect(("127.0.0.1", port))

begin = time.perf_counter()
times = []
number = 0
while not select.select([sys.stdin], [], [], INTERVAL)[0]:
    number += 1
    params = {"promotion": promotion, "limit": students}
    call = {"jsonrpc": "2.0", "id": number, "method": "gradebook.listStudents", "params": params}
    sent = time.perf_counter()
    connection.sendall(json.dumps(call).encode() + b"\n")
    parts = []
    while not parts or not parts[-1].endswith(b"\n"):
        part = connection.recv(1 << 20)
        if not part:
            raise SystemExit("the server closed the connection")
        parts.append(part)
    taken = time.perf_counter() - sent
    answer = json.loads(b"".join(parts))
    if answer["id"] != number or len(answer["result"]["students"]) != students:
        raise SystemExit("that is not the answer")
    if sent - begin > WARM_UP:
        times.append(taken * 1000)
print(json.dumps(times))
