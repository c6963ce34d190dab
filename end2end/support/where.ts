//! Where the program under test is.

/** A variable that the start of the tests has set. */
export function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** Its data folder. */
export function data(): string {
  return needed("JOURNEY_SERVER_DATA");
}
