"""Objects of every SNMP type that can be written, for net-snmp's snmpd (pass_persist, see snmpd.conf(5)).

Each is below the object identifier given as argument, at .<number>.0; "slow" at .90.0 answers after a second.
"""

import sys
import time

BASE = sys.argv[1]
VALUES = {
    1: ["integer", "0"],
    2: ["integer", "0"],
    3: ["gauge", "0"],
    4: ["counter", "4294967295"],
    5: ["counter64", "18446744073709551615"],
    6: ["timeticks", "0"],
    7: ["string", "text"],
    8: ["ipaddress", "10.0.0.1"],
    9: ["objectid", ".1.3.6.1.2.1.1"],
    10: ["integer", "2"],
    11: ["string", ""],
    12: ["counter64", "9007199254740993"],
    13: ["string", " 21.5 "],
    14: ["string", "-7"],
    15: ["octet", "00 1b 21 3a 4f 05"],
    16: ["octet", "07 e8 02 1d 0d 0e 0f 06 2b 08 00"],
    17: ["octet", "ff fe 00"],
    18: ["integer", "5"],
    90: ["integer", "90"],
}
READ_ONLY = {4, 5, 9, 12, 18}


def number(oid):
    if not oid.startswith(BASE + "."):
        return None
    arcs = oid[len(BASE) + 1 :].split(".")
    return int(arcs[0]) if len(arcs) == 2 and arcs[1] == "0" and int(arcs[0]) in VALUES else None


def following(oid):
    def key(o):
        return [int(a) for a in o.strip(".").split(".")]

    return next((n for n in sorted(VALUES) if key(f"{BASE}.{n}.0") > key(oid)), None)


def answer(n):
    if n is None:
        print("NONE", flush=True)
        return
    if n == 90:
        time.sleep(1)
    kind, value = VALUES[n]
    print(f"{BASE}.{n}.0\n{kind}\n{value}", flush=True)


def change(oid, given):
    n = number(oid)
    kind, _, value = given.partition(" ")
    if n is None or n in READ_ONLY:
        return "not-writable"
    # What is not text comes as "octet" with hexadecimal digits, text within quotes.
    value = value.strip('"')
    if kind == "octet":
        value = value.strip()
    wanted = VALUES[n][0]
    if wanted in ("string", "octet"):
        if kind not in ("string", "octet"):
            return "wrong-type"
        wanted = kind
    elif {"timetick": "timeticks", "unsigned": "gauge"}.get(kind, kind) != wanted:
        return "wrong-type"
    VALUES[n] = [wanted, value]
    return "DONE"


while True:
    line = sys.stdin.readline()
    if not line:
        break
    command = line.strip()
    if command == "PING":
        print("PONG", flush=True)
    elif command == "get":
        answer(number(sys.stdin.readline().strip()))
    elif command == "getnext":
        answer(following(sys.stdin.readline().strip()))
    elif command == "set":
        oid = sys.stdin.readline().strip()
        print(change(oid, sys.stdin.readline().rstrip("\n")), flush=True)
