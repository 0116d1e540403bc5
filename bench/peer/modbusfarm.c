// Many Modbus TCP devices in one process, by libmodbus: so many ports of the loopback address, one client at each. A third of
// their holding registers changes every second. For each request that begins a round, which is the one from register 0 on,
// it prints "<device> <microseconds>" of when it came.
//
//   cc -O2 -o modbusfarm modbusfarm.c $(pkg-config --cflags --libs libmodbus)
//   ./modbusfarm <devices> <registers>      prints "ready <port> <port> …", ends with its standard input

#include <errno.h>
#include <modbus.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct device {
  modbus_t *bus;
  modbus_mapping_t *registers;
  int listens, client;
};

static long long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 100, registers = argc > 2 ? atoi(argv[2]) : 300;
  struct device *devices = calloc(n, sizeof *devices);
  struct pollfd *polled = calloc(2 * n + 1, sizeof *polled);
  static char out[1 << 20];
  setvbuf(stdout, out, _IOFBF, sizeof out);
  printf("ready");
  for (int i = 0; i < n; i++) {
    struct device *d = &devices[i];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    d->bus = modbus_new_tcp("127.0.0.1", 1502);
    d->registers = modbus_mapping_new(0, 0, registers, 0);
    d->client = -1;
    d->listens = socket(AF_INET, SOCK_STREAM, 0);
    if (!d->bus || !d->registers || d->listens < 0 || bind(d->listens, (struct sockaddr *)&at, sizeof at) || listen(d->listens, 4) ||
        getsockname(d->listens, (struct sockaddr *)&at, &size)) {
      fprintf(stderr, "device %d: %s\n", i, strerror(errno));
      return 1;
    }
    printf(" %d", ntohs(at.sin_port));
  }
  printf("\n");
  fflush(stdout);
  long long changed = now_us(), flushed = changed;
  for (unsigned second = 0;;) {
    for (int i = 0; i < n; i++) {
      polled[2 * i] = (struct pollfd){.fd = devices[i].listens, .events = POLLIN};
      polled[2 * i + 1] = (struct pollfd){.fd = devices[i].client, .events = POLLIN}; // ignored when negative
    }
    polled[2 * n] = (struct pollfd){.fd = 0, .events = POLLIN};
    if (poll(polled, 2 * n + 1, 200) < 0 && errno != EINTR)
      return 1;
    if (polled[2 * n].revents)
      return 0;
    long long t = now_us();
    if (t - changed >= 1000000) {
      changed += 1000000, second++;
      for (int i = 0; i < n; i++)
        for (int r = 0; r < registers; r += 3)
          devices[i].registers->tab_registers[r] = second;
    }
    for (int i = 0; i < n; i++) {
      struct device *d = &devices[i];
      if (polled[2 * i].revents & POLLIN) {
        int client = accept(d->listens, NULL, NULL);
        if (d->client >= 0)
          close(d->client);
        d->client = client;
        continue;
      }
      if (d->client < 0 || !polled[2 * i + 1].revents)
        continue;
      uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
      modbus_set_socket(d->bus, d->client);
      long long came = now_us();
      int got = modbus_receive(d->bus, query);
      if (got < 0) {
        close(d->client);
        d->client = -1;
        continue;
      }
      // The header is 7 bytes, then function and address.
      if (got >= 10 && query[7] == MODBUS_FC_READ_HOLDING_REGISTERS && query[8] == 0 && query[9] == 0)
        printf("%d %lld\n", i, came);
      if (got > 0)
        modbus_reply(d->bus, query, got, d->registers);
    }
    if (t - flushed >= 1000000) {
      flushed = t;
      fflush(stdout);
    }
  }
}
