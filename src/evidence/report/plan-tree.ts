// How an execution plan is drawn: its nodes as a tree, each with its share of the estimated cost, and rows as they were.

import type {Html} from './html.ts';
import type {Page} from './page.ts';

type Node = Readonly<{
  name: string;
  on: string;
  cost: number;
  /** Without that of the nodes below it. */
  ownCost: number;
  estimatedRows: number;
  actualRows?: number;
  children: readonly Node[];
}>;

/** 200: the largest plan of a runbook so far has 20; what is larger is nobody's reading. */
const MOST_NODES = 200;
const MOST_LEVELS = 40;

type Json = Readonly<Record<string, unknown>>;
const isObject = (of: unknown): of is Json => typeof of === 'object' && of !== null && !Array.isArray(of);
const numberOf = (of: unknown): number => (typeof of === 'number' && Number.isFinite(of) ? of : 0);
const textOf = (of: unknown): string => (typeof of === 'string' ? of : '');

/** @param most what the node above costs: below a LIMIT, only a part of what a node would cost is spent. */
const nodeOf = (plan: unknown, most: number, level: number, counted: {nodes: number}): Node | undefined => {
  counted.nodes += 1;
  if (!isObject(plan) || level > MOST_LEVELS || counted.nodes > MOST_NODES) return undefined;
  const below = Array.isArray(plan['Plans']) ? (plan['Plans'] as readonly unknown[]) : [];
  const cost = Math.min(most, numberOf(plan['Total Cost']));
  const children: Node[] = [];
  for (const child of below) {
    const node = nodeOf(child, cost, level + 1, counted);
    if (node === undefined) return undefined;
    children.push(node);
  }
  const actual = plan['Actual Rows'];
  return {
    name: textOf(plan['Node Type']),
    on: [plan['Relation Name'], plan['Index Name'], plan['Function Name'], plan['CTE Name']]
      .map(textOf)
      .filter((of) => of !== '')
      .join(', '),
    cost,
    ownCost: Math.max(0, cost - children.reduce((sum, child) => sum + child.cost, 0)),
    estimatedRows: numberOf(plan['Plan Rows']),
    ...(typeof actual === 'number' ? {actualRows: actual * Math.max(1, numberOf(plan['Actual Loops']))} : {}),
    children,
  };
};

const parsed = (json: string): Node | undefined => {
  try {
    const plans: unknown = JSON.parse(json);
    const first: unknown = Array.isArray(plans) ? plans[0] : undefined;
    return isObject(first) ? nodeOf(first['Plan'], Number.POSITIVE_INFINITY, 0, {nodes: 0}) : undefined;
  } catch {
    // Not JSON: the caller says that it cannot be drawn, and where it lies.
    return undefined;
  }
};

const drawn = (page: Page, {name, on, ownCost, estimatedRows, actualRows, children}: Node, whole: number): Html => {
  const {html, text} = page;
  const share = Math.min(1, ownCost / Math.max(1, whole));
  const percent = `${(100 * share).toFixed(1)} %`;
  const rows =
    actualRows === undefined ? text.count(estimatedRows) : `${text.count(estimatedRows)} -> ${text.count(actualRows)}`;
  return html`<li><strong>${name}</strong>${on === '' ? undefined : html` <code>${on}</code>`} <span class="dim">${text.say.rows} ${rows}</span>
<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${text.say.costShare}: ${percent}"><rect class="track" width="100" height="10"/><rect class="fill" width="${(100 * share).toFixed(1)}" height="10"/></svg> <span class="dim">${percent}</span>${
    children.length === 0 ? undefined : html`<ul>${children.map((child) => drawn(page, child, whole))}</ul>`
  }</li>`;
};

export const planTree = (page: Page, path: string, json: string | undefined): Html => {
  const {html, text} = page;
  const root = json === undefined ? undefined : parsed(json);
  if (root === undefined) return html`<p>${text.planTooLarge(path)}</p>`;
  return html`<details><summary>${text.say.executionPlan}: <code>${path}</code></summary><p class="dim">${text.say.costShare}; ${text.say.rows}: EXPLAIN -> ANALYZE</p><ul class="tree">${drawn(page, root, root.cost)}</ul></details>
`;
};
