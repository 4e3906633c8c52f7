/** The last moment of a day in UTC; null, for now, of one that is not over. */
export function endOf(day: Date, now = new Date()): string | null {
  const end = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 1) - 1000);
  return end < now ? end.toISOString() : null;
}
