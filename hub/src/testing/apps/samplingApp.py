"""The same as samplingApp.ts, with the X-Ray SDK for Python."""
import json
import os
import sys
import threading
import time

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service="backend-flask")


def decide(path):
    request = {"host": "localhost:4567", "method": "GET", "path": path, "service": "backend-flask"}
    return xray_recorder.sampler.should_trace(request)


def end_with_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
while True:
    until = time.monotonic() + 1
    orders, health, rules = 0, 0, set()
    while time.monotonic() < until:
        order = decide("/orders")
        orders += 1 if order else 0
        health += 1 if decide("/api/health-check") else 0
        rules.add(str(order) if order else "false")
        time.sleep(0.05)
    print(json.dumps({"orders": orders, "health": health, "rules": sorted(rules)}), flush=True)
