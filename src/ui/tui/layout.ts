// How the rows and columns of the run screen are shared out: fixed, so that nothing moves while output streams.

import type {Scene, Size} from './scene.ts';

const headRows = 2;
const noticeRows = 1;
const footRows = 2;

/** A third for the tree, within what its titles need and what the pane can spare. */
export const treeWidthOf = ({columns}: Size): number => Math.min(42, Math.max(30, Math.floor(columns * 0.32)));

export const paneWidthOf = (size: Size): number => size.columns - treeWidthOf(size);

export const bodyRowsOf = ({rows}: Size): number => rows - headRows - noticeRows - footRows;

/** Rows that a pane has inside its border. */
export const pageOf = ({size}: Scene): number => bodyRowsOf(size) - 2;
