// The page's one policy for markup (Trusted Types). The app writes only its own static markup, which holds nothing that
// runs, loads or sends; whatever else would reach the browser's parser is refused here.
"use strict";
if (globalThis.trustedTypes?.createPolicy) {
  const dangerous =
    /<\s*\/?\s*(?:script|iframe|frame|object|embed|link|meta|base|form|style|foreignobject)\b|[\s"'/]on[a-z]+\s*=|javascript:|srcdoc\s*=/i;
  trustedTypes.createPolicy("default", {
    createHTML: (markup) => {
      if (dangerous.test(markup)) throw new TypeError("refused: markup that is not the page's own");
      return markup;
    },
    // The page's worker, and nothing else, may be started as a program.
    createScriptURL: (address) => {
      if (address !== "/phase8-checker_loader.js") throw new TypeError("refused: a program that is not the page's own");
      return address;
    },
  });
}
