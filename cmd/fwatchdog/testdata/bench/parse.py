#!/usr/bin/env python3
import json
import sys

intent = json.load(sys.stdin)["request"]["intent"]
print(f"{intent['name']}: {intent['slots']['LedColor']['value']}")
