/** How many calls that cost money may be made in a day, by all processes together. */
export interface CallBudget {
  /**
   * Takes one call of this day, before it is made, so that a crash never makes one that was not counted.
   * @param day in UTC, such as `2030-01-31`. @returns whether there was one left. @throws {ReadDatabaseUnavailable}
   */
  take(day: string, mostCalls: number): Promise<boolean>;
}
