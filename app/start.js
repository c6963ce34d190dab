// Appended by `cargo xtask bundle` to the module that wasm-bindgen makes. Loads the wasm beside it, then wakes each
// island that the server put on the page.
import(import.meta.url).then(async (module) => {
  await module.default({ module_or_path: new URL("WASM_FILE", import.meta.url) });
  module.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) {
    module[island.dataset.component]?.(island);
  }
});
