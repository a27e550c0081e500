#!/bin/sh
# BrewIntent answers "brew a coffee". The slot Drink is in the environment: what
# was heard, and the id of the drink that was meant, if it is one of ours.
if [ -n "$ALEXA_SLOT_DRINK_ID" ]; then
  echo "One $ALEXA_SLOT_DRINK, coming up."
else
  echo "I can brew tea, coffee and cocoa."
fi
