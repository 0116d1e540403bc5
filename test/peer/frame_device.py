"""A device without a standard protocol, in plain Python, that a test controls.

    /usr/bin/python3 frame_device.py (--tcp PORT | --udp PORT | --connect PORT | --serial DEVICE) [--push MS]

Frames are lines: TEXT*SS CR LF, where SS is the sum of the bytes of TEXT, 8 bits, in hexadecimal.

    R name         -> name=value, or ERR name
    W name value   -> OK name=value, or ERR name

With --push it also sends "name=value" of all it has every so many milliseconds. --connect is a
device that connects to a server, again and again. Prints "ready" to standard error, then
answers one line of standard input with one of standard output:

    set <name> <value>   -> ok
    get <name>           -> <value>
    raw <hex>            -> ok     (sends these bytes to everybody)
    cut                  -> ok     (closes all connections)
    peers                -> <number of connections>
"""

import argparse
import asyncio
import os
import sys
import termios
import tty

values = {"live": "0"}
peers = set()


def frame(text):
    body = text.encode()
    return body + b"*%02X\r\n" % (sum(body) & 0xFF)


def answer(line):
    body, star, total = line.rstrip(b"\r\n").rpartition(b"*")
    if not star or b"%02X" % (sum(body) & 0xFF) != total.upper():
        return None
    verb, _, rest = body.decode("utf-8", "replace").partition(" ")
    name, _, value = rest.partition(" ")
    if verb == "R" and name in values:
        return frame(f"{name}={values[name]}")
    if verb == "W" and name in values and not value.startswith("!"):
        values[name] = value
        return frame(f"OK {name}={value}")
    return frame(f"ERR {name}")


class Stream(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.rest = transport, b""
        peers.add(self)

    def data_received(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if (reply := answer(line)) is not None:
                self.transport.write(reply)

    def connection_lost(self, _):
        peers.discard(self)

    def send(self, data):
        self.transport.write(data)

    def cut(self):
        self.transport.abort()


class Datagram(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport, self.last = transport, None
        peers.add(self)

    def datagram_received(self, data, addr):
        self.last = addr
        if (reply := answer(data)) is not None:
            self.transport.sendto(reply, addr)

    def send(self, data):
        if self.last:
            self.transport.sendto(data, self.last)

    def cut(self):
        self.last = None


class Serial:
    def __init__(self, device, loop):
        self.fd, self.rest = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK), b""
        tty.setraw(self.fd, termios.TCSANOW)
        loop.add_reader(self.fd, self.read)
        peers.add(self)

    def read(self):
        *lines, self.rest = (self.rest + os.read(self.fd, 4096)).split(b"\n")
        for line in lines:
            if (reply := answer(line)) is not None:
                self.send(reply)

    def send(self, data):
        try:
            os.write(self.fd, data)
        except BlockingIOError:
            pass  # nobody reads; a serial line loses it

    def cut(self):
        pass


async def connect(port):
    loop = asyncio.get_running_loop()
    while True:
        try:
            transport, _ = await loop.create_connection(Stream, "127.0.0.1", port)
            while not transport.is_closing():
                await asyncio.sleep(0.02)
        except OSError:
            pass
        await asyncio.sleep(0.02)


async def push(pause):
    while True:
        await asyncio.sleep(pause)
        for name, value in list(values.items()):
            for p in list(peers):
                p.send(frame(f"{name}={value}"))


def command(words):
    verb, *rest = words
    if verb == "set":
        values[rest[0]] = rest[1] if len(rest) > 1 else ""
        return "ok"
    if verb == "get":
        return values[rest[0]]
    if verb == "raw":
        for p in list(peers):
            p.send(bytes.fromhex(rest[0]))
        return "ok"
    if verb == "peers":
        return str(len(peers))
    if verb == "cut":
        for p in list(peers):
            p.cut()
        return "ok"
    raise ValueError(f"unknown command {verb}")


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tcp", type=int)
    parser.add_argument("--udp", type=int)
    parser.add_argument("--connect", type=int)
    parser.add_argument("--serial")
    parser.add_argument("--push", type=int, default=0)
    args = parser.parse_args()
    loop = asyncio.get_running_loop()
    tasks = []
    if args.tcp:
        await loop.create_server(Stream, "127.0.0.1", args.tcp, reuse_address=True)
    if args.udp:
        await loop.create_datagram_endpoint(Datagram, local_addr=("127.0.0.1", args.udp))
    if args.serial:
        Serial(args.serial, loop)
    if args.connect:
        tasks.append(asyncio.create_task(connect(args.connect)))
    if args.push:
        tasks.append(asyncio.create_task(push(args.push / 1000)))
    print("ready", file=sys.stderr, flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        try:
            reply = command(line.decode().strip().split(None, 2))
        except Exception as error:  # the test sees what was wrong with its line
            reply = f"error {error}"
        print(reply, flush=True)


asyncio.run(main())
