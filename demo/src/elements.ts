/**
 * Finds what the page's HTML has.
 * @throws Error when it hasn't: the HTML and the scripts are of different versions.
 */
export function find<T extends Element>(selector: string, type: new () => T, root: ParentNode = document): T {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} at ${selector}`);
}

/** A copy of what a template of the page holds. */
export function copyOf<T extends Element>(template: string, type: new () => T): T {
  const { content } = find(`template${template}`, HTMLTemplateElement);
  const copy = document.importNode(content, true).firstElementChild;
  if (copy instanceof type) return copy;
  throw new Error(`the page's template ${template} holds no ${type.name}`);
}

/** Points an svg's `<use>` somewhere else: at an icon of the page, or at a flag. */
export function draw(use: Element, href: string): void {
  use.setAttribute("href", href);
}

/** Where a flag is drawn. */
export function flagUrl(flag: string): string {
  return `page/flags.svg#${flag}`;
}
