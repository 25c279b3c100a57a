// @ts-check
/**
 * Dark or light: the system's choice, until somebody makes another one here. A classic script in the head, so that no
 * page is seen in the wrong colours first. Canvases draw anew at the window's event `themechange`.
 */
(() => {
  const KEPT_AS = "telharmonic.theme";
  const system = matchMedia("(prefers-color-scheme: light)");

  const kept = () => {
    try {
      return localStorage.getItem(KEPT_AS);
    } catch {
      return null; // storage may be forbidden; the system's choice it is
    }
  };
  const theme = () => (kept() ?? (system.matches ? "light" : "dark"));

  const apply = () => {
    const name = theme() === "light" ? "light" : "dark";
    document.documentElement.dataset.theme = name;
    const ground = getComputedStyle(document.documentElement).getPropertyValue("--panel").trim();
    if (ground) document.querySelector('meta[name="theme-color"]')?.setAttribute("content", ground);
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.setAttribute("aria-pressed", String(name === "light"));
    }
    window.dispatchEvent(new Event("themechange"));
  };

  const turn = () => {
    try {
      localStorage.setItem(KEPT_AS, theme() === "light" ? "dark" : "light");
    } catch {
      return;
    }
    apply();
  };

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", ({ key }) => key === KEPT_AS && apply());
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-theme-switch]")) turn();
  });
})();
