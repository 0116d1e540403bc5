"""A Modbus server by pymodbus (Debian: python3-pymodbus) that a test controls.

    /usr/bin/python3 modbus_server.py --port 15020 [--framer rtu|ascii] [--units 1,2] [--tls CERT,KEY,CA]
    /usr/bin/python3 modbus_server.py --serial /dev/pts/7 --framer rtu|ascii [--units 1,2]

Prints "ready PORT" to standard error when it listens on 127.0.0.1, or "ready DEVICE" on a
serial line (Debian: python3-serial-asyncio); with --tls a client must show a certificate
that CA signed. Then it answers one line of standard input
with one line of standard output and ends when standard input ends:

    set <table> <address> <word> ...     -> ok
    get <table> <address> <count>        -> <word> ...
    hole <table> <address> <count>       -> ok    (answered by exception 2 from then on)
    slow <milliseconds>                  -> ok    (delay of every answer; 0 ends it)
    count                                -> <requests served since the last count>

A table is coil, discrete, input or holding; words are decimal; addresses count from 0.
Every unit has 10,000 of each. At the start of every unit: float32 21.5 with swapped words
(CDAB) at holding 100, int16 -5 at holding 110, setpoint 40 at holding 120, coil 5 on, and
a counter at input 0 that goes up ten times a second.
"""

import argparse
import asyncio
import ssl
import struct
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusSerialServer, ModbusSingleRequestHandler, ModbusTcpServer
from pymodbus.transaction import ModbusAsciiFramer, ModbusRtuFramer, ModbusSocketFramer

SIZE = 10000
TABLES = {"coil": "c", "discrete": "d", "input": "i", "holding": "h"}


class Block(ModbusSequentialDataBlock):
    """A table in which addresses can be made to be missing."""

    requests = 0

    def __init__(self, value):
        super().__init__(0, [value] * SIZE)
        self.holes = set()

    def validate(self, address, count=1):
        Block.requests += 1
        return super().validate(address, count) and not any(a in self.holes for a in range(address, address + count))


def unit():
    context = ModbusSlaveContext(di=Block(False), co=Block(False), hr=Block(0), ir=Block(0), zero_mode=True)
    high, low = struct.unpack(">HH", struct.pack(">f", 21.5))
    context.store["h"].setValues(100, [low, high])
    context.store["h"].setValues(110, [65536 - 5])
    context.store["h"].setValues(120, [40])
    context.store["c"].setValues(5, [True])
    return context


class Server(ModbusTcpServer):
    """The server, with the port it got."""

    async def start(self):
        task = asyncio.create_task(self.serve_forever())
        await asyncio.wait({task, self.serving}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()  # raises why it could not listen
        print("ready", self.server.sockets[0].getsockname()[1], file=sys.stderr, flush=True)
        return task


def command(units, words, delay):
    """Carries out one line of standard input and returns the answer."""
    name, *rest = words
    if name == "slow":
        delay[0] = int(rest[0]) / 1000
        return "ok"
    if name == "count":
        n, Block.requests = Block.requests, 0
        return str(n)
    key, address, values = TABLES[rest[0]], int(rest[1]), [int(w) for w in rest[2:]]
    blocks = [u.store[key] for u in units.values()]
    if name == "get":
        return " ".join(str(int(v)) for v in blocks[0].getValues(address, values[0]))
    if name == "hole":
        for block in blocks:
            block.holes.update(range(address, address + values[0]))
        return "ok"
    if name == "set":
        for block in blocks:
            block.setValues(address, [bool(v) for v in values] if key in "cd" else values)
        return "ok"
    raise ValueError(f"unknown command {name}")


async def count_up(units):
    n = 0
    while True:
        n = (n + 1) % 65536
        for context in units.values():
            context.store["i"].setValues(0, [n])
        await asyncio.sleep(0.1)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--framer", choices=["tcp", "rtu", "ascii"], default="tcp")
    parser.add_argument("--serial")
    parser.add_argument("--tls")
    parser.add_argument("--units", default="1")
    args = parser.parse_args()

    units = {int(u): unit() for u in args.units.split(",")}
    delay = [0]

    loop = asyncio.get_running_loop()
    framer = {"tcp": ModbusSocketFramer, "rtu": ModbusRtuFramer, "ascii": ModbusAsciiFramer}[args.framer]
    stores = ModbusServerContext(slaves=units, single=False)
    if args.serial:
        server = ModbusSerialServer(stores, framer=framer, port=args.serial, baudrate=19200, ignore_missing_slaves=True)
        server.handler = ModbusSingleRequestHandler
    else:
        server = Server(
            stores,
            framer=framer,
            address=("127.0.0.1", args.port),
            allow_reuse_address=True,
            ignore_missing_slaves=True,
        )
    if args.tls:
        cert, key, ca = args.tls.split(",")
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
        tls.load_cert_chain(cert, key)
        tls.verify_mode = ssl.CERT_REQUIRED
        server.factory_parms["ssl"] = tls

    # A slow answer is one that is written late; the order of answers is kept.
    class Handler(server.handler):
        def send(self, message, *addr, **kwargs):
            late = super().send
            if delay[0]:
                loop.call_later(delay[0], lambda: late(message, *addr, **kwargs))
            else:
                late(message, *addr, **kwargs)

    server.handler = Handler
    if args.serial:
        await server.start()
        serving = asyncio.create_task(server.serve_forever())
        print("ready", args.serial, file=sys.stderr, flush=True)
    else:
        serving = await server.start()
    counting = asyncio.create_task(count_up(units))

    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        try:
            answer = command(units, line.decode().split(), delay)
        except Exception as error:  # the test sees what was wrong with its line
            answer = f"error {error}"
        print(answer, flush=True)
    counting.cancel()
    serving.cancel()


asyncio.run(main())
