// BrewIntent answers "brew a coffee". The slot Drink is in the environment: what
// was heard, and the id of the drink that was meant, if it is one of ours.
const { ALEXA_SLOT_DRINK: drink, ALEXA_SLOT_DRINK_ID: known } = process.env;

console.log(known ? `One ${drink}, coming up.` : "I can brew tea, coffee and cocoa.");
