// The name under which the sessions of an attempt are found again in pg_stat_activity.

/** PostgreSQL cuts application_name after 63 bytes; a cut name would not be found again, so we cut it ourselves. */
const LIMIT = 63;

/** FNV-1a over the whole id: two steps whose ids differ only behind the cut do not share a name. Six letters or digits. */
const markOf = (step: string): string => {
  let hash = 0x811c9dc5;
  for (const character of step) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, '0').slice(-6);
};

/** @returns `attempt-runbook/<run>/<step>/<attempt>`, ASCII, at most 63 bytes; a longer step ends in `~` and a mark of it. */
export const applicationName = (run: string, step: string, attempt: number): string => {
  const head = `attempt-runbook/${run}/`;
  const tail = `/${attempt}`;
  const room = LIMIT - head.length - tail.length;
  return `${head}${step.length <= room ? step : `${step.slice(0, room - 7)}~${markOf(step)}`}${tail}`;
};
