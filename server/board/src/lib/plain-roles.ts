/**
 * The calendar calls itself a table whose rows hold neither their heads nor their bars. A screen reader gets what is
 * true: a region with a button for each bar, whose name says job, technician, status and promise.
 */
export function plainRoles(element: HTMLElement) {
  const TABLE = '[role=table],[role=rowgroup],[role=row],[role=rowheader],[role=columnheader],[role=cell],[role=gridcell]';
  const plain = (part: Element) => {
    if (part.matches(TABLE)) for (const name of ['role', 'aria-colindex', 'aria-colspan', 'aria-rowindex']) part.removeAttribute(name);
    if (part.matches('time[aria-label]')) part.removeAttribute('aria-label');
  };
  const fix = (root: Node) => {
    if (!(root instanceof Element)) return;
    plain(root);
    for (const part of root.querySelectorAll(`${TABLE},time[aria-label]`)) plain(part);
  };
  fix(element);
  // Only what is new: the whole timeline has tens of thousands of parts.
  const observer = new MutationObserver((changes) => {
    for (const change of changes) for (const added of change.addedNodes) fix(added);
  });
  observer.observe(element, { childList: true, subtree: true });
  return () => observer.disconnect();
}
