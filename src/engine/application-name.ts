// The name under which the sessions of an attempt are found again in pg_stat_activity.

/** PostgreSQL cuts application_name after 63 bytes; a cut name would not be found again, so we cut it ourselves. */
const LIMIT = 63;

/** @returns `attempt-runbook/<run>/<step>/<attempt>`, ASCII, at most 63 bytes; the step gives way when it is too long. */
export const applicationName = (run: string, step: string, attempt: number): string => {
  const head = `attempt-runbook/${run}/`;
  const tail = `/${attempt}`;
  return `${head}${step.slice(0, LIMIT - head.length - tail.length)}${tail}`;
};
