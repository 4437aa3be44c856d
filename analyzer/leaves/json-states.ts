/** Octets JSON is made of, and the states of reading it. */

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;

// What is expected next.
export const VALUE = 0;
export const FIRST_ITEM = 1; // a value, or the end of the array
export const KEY = 2;
export const FIRST_KEY = 3; // a key, or the end of the object
export const AFTER_KEY = 4; // a colon
export const AFTER_VALUE = 5; // a comma, or the end
export const TOP = 6; // between values of the outermost level
export const START = 7; // before the first
export const PREFIX = 8; // in what is no JSON before the first
// Inside something that may be split between writes.
export const IN_KEY = 9;
export const IN_STRING = 10;
export const IN_TOKEN = 11;
export const IN_DEEP = 12;
export const BAD_LINE = 13; // up to the next line
export const STOPPED = 14;
