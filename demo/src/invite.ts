import { linkOf } from "./call-link.ts";
import { draw, find } from "./elements.ts";
import { toast } from "./toast.ts";

/** The call's link: shown, copied and shared. Answers a function that changes the call. */
export function openInvite(): (name: string) => void {
  const field = find("#invite-link", HTMLInputElement);
  for (const button of buttonsThat("copy")) button.addEventListener("click", () => void copy(button, field));
  for (const button of buttonsThat("share")) {
    button.hidden = !("share" in navigator) || !matchMedia("(pointer: coarse)").matches;
    // Rejects when the visitor thinks better of it.
    button.addEventListener("click", () => void navigator.share({ url: field.value }).catch(() => {}));
  }
  find("#only-here", HTMLElement).hidden = !/^(localhost|127\..*|\[::1\])$/.test(location.hostname);
  return (name) => {
    field.value = linkOf(name);
    find("#call-name", HTMLSpanElement).textContent = name;
    document.title = `${name} · signals`;
  };
}

function buttonsThat(does: string): HTMLButtonElement[] {
  const buttons = [...document.querySelectorAll(`[data-does="${does}"]`)];
  return buttons.filter((button) => button instanceof HTMLButtonElement);
}

async function copy(button: HTMLButtonElement, field: HTMLInputElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Over plain http there is no clipboard, and a visitor may deny it.
    return selectLink(field);
  }
  toast("Link copied");
  const use = find("use", SVGUseElement, button);
  draw(use, "#check");
  setTimeout(() => draw(use, "#link"), confirmedMs);
}

/** The next best: the link in a field, selected, to be copied by hand. */
function selectLink(field: HTMLInputElement): void {
  const dialogField = find("#link-dialog-link", HTMLInputElement);
  dialogField.value = field.value;
  const isShown = field.checkVisibility({ visibilityProperty: true });
  if (!isShown) find("#link-dialog", HTMLDialogElement).showModal();
  const shown = isShown ? field : dialogField;
  shown.focus();
  shown.select();
  if (isShown) toast("Selected: press Ctrl+C, or ⌘C, to copy it");
}

const confirmedMs = 2000;
