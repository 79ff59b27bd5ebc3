/* Keeps messages of 64 bytes in flight to an echo server: `load tcp|udp PORT PID IN_FLIGHT SECONDS`.
   Prints messages a second, and the microseconds of processor time that PID took for each. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { size = 64 };
static char bytes[65536];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* Fields 14 and 15 of /proc/PID/stat, which come after the name in parentheses: proc(5). */
static double processor_seconds(const char *pid) {
  char path[64], text[1024] = "";
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  unsigned long user = 0, system = 0;
  char *rest = strrchr(text, ')');
  if (rest != NULL)
    sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

int main(int count, char **words) {
  if (count < 6) return 2;
  int is_udp = strcmp(words[1], "udp") == 0, flights = atoi(words[4]);
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(words[2]))};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int poll = epoll_create1(0), yes = 1;
  int *sockets = calloc(flights, sizeof *sockets), *received = calloc(flights, sizeof *received);
  for (int i = 0; i < flights; i++) {
    sockets[i] = socket(AF_INET, is_udp ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (connect(sockets[i], (struct sockaddr *)&server, sizeof server)) return perror("connect"), 1;
    if (!is_udp) setsockopt(sockets[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(poll, EPOLL_CTL_ADD, sockets[i], &event);
    send(sockets[i], bytes, size, 0);
  }
  double start = now(), before = 0, seconds = atof(words[5]);
  long messages = 0;
  int is_warm = 0;
  struct epoll_event events[256];
  for (;;) {
    int ready = epoll_wait(poll, events, 256, 200);
    /* A datagram lost is sent again, or its flight would stand still. */
    if (ready == 0 && is_udp)
      for (int i = 0; i < flights; i++) send(sockets[i], bytes, size, 0);
    for (int j = 0; j < ready; j++) {
      int i = events[j].data.u32;
      ssize_t got = recv(sockets[i], bytes, sizeof bytes, 0);
      if (got <= 0) return fprintf(stderr, "the server closed\n"), 1;
      received[i] += got;
      if (received[i] < size) continue;
      received[i] -= size;
      messages++;
      send(sockets[i], bytes, size, 0);
    }
    double elapsed = now() - start;
    if (!is_warm && elapsed > 0.5) {
      is_warm = 1;
      start = now();
      before = processor_seconds(words[3]);
      messages = 0;
    } else if (is_warm && elapsed > seconds) {
      double used = processor_seconds(words[3]) - before;
      printf("%.0f %.4f\n", messages / elapsed, used * 1e6 / messages);
      return 0;
    }
  }
}
