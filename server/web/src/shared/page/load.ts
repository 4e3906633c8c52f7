import { request } from "../client/ask";
import { failureOfStatus } from "../client/failure";

/** Why the code of a view is not there, while the service is. */
export class Unloaded extends Error {
  /** Whether a newer version was installed since, whose files have other names. */
  readonly isOutdated: boolean;

  constructor(isOutdated: boolean) {
    super("the code of this view could not be loaded");
    this.isOutdated = isOutdated;
  }
}

/** Loads the code of a view. Throws Failure where the service cannot be reached, and else Unloaded. */
export async function loadView<View>(load: () => Promise<View>, isOutdated = asksIfOutdated): Promise<View> {
  try {
    return await load();
  } catch {
    throw new Unloaded(await isOutdated());
  }
}

/** Whether the page, as the service has it now, begins with another script than `own`. Throws Failure. */
export async function asksIfOutdated(own = scriptOfPage()): Promise<boolean> {
  const response = await request(window.location.pathname);
  if (!response.ok) throw failureOfStatus(response);
  return !(await response.text()).includes(own);
}

const scriptOfPage = (): string => document.querySelector("script[type=module][src]")?.getAttribute("src") ?? "";
