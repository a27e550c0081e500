"""BrewIntent answers "brew a coffee"."""

import os

# The slot Drink: what was heard, and the id of the drink that was meant, if it
# is one of ours.
drink = os.environ.get("ALEXA_SLOT_DRINK")
known = os.environ.get("ALEXA_SLOT_DRINK_ID")

if known:
    print(f"One {drink}, coming up.")
else:
    print("I can brew tea, coffee and cocoa.")
