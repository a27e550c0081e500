#!/usr/bin/env node
const fs = require("fs");

const { intent } = JSON.parse(fs.readFileSync(0, "utf8")).request;
console.log(`${intent.name}: ${intent.slots.LedColor.value}`);
