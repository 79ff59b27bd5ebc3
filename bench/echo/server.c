/* Echo by epoll, one thread: `server tcp|udp PORT`. The yardstick of bench/echo.ts. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char bytes[65536];

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int serve_udp(int port) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = loopback(port);
  if (bind(fd, (struct sockaddr *)&here, sizeof here)) return perror("bind"), 1;
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    ssize_t count = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&peer, &length);
    if (count >= 0) sendto(fd, bytes, count, 0, (struct sockaddr *)&peer, length);
  }
}

static int serve_tcp(int port) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in here = loopback(port);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 511))
    return perror("bind"), 1;
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int client = accept(listener, NULL, NULL);
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct epoll_event added = {.events = EPOLLIN, .data.fd = client};
        epoll_ctl(poll, EPOLL_CTL_ADD, client, &added);
        continue;
      }
      ssize_t received = recv(fd, bytes, sizeof bytes, 0);
      if (received <= 0) close(fd);
      else send(fd, bytes, received, MSG_NOSIGNAL);
    }
  }
}

int main(int count, char **words) {
  if (count < 3) return 2;
  int port = atoi(words[2]);
  return strcmp(words[1], "udp") == 0 ? serve_udp(port) : serve_tcp(port);
}
