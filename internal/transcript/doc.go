// Package transcript writes what happens in a conversation for a person to read:
// SSML as it sounds, cards as boxes, directives as one line.
package transcript
