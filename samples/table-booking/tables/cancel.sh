#!/bin/sh
# Cancels a table. The model says ALWAYS: it is called once, when Alexa knows the
# day and the person has agreed or not.

if [ "$ALEXA_INTENT_CONFIRMATION" = CONFIRMED ]; then
  echo "Your table of $ALEXA_SLOT_DATE is cancelled. Another time, then."
else
  echo "Good. We look forward to seeing you."
fi
