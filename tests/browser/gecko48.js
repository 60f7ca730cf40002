// Chromium as a phone's browser of 2016 (KaiOS 2.5, Gecko 48): what came to the web after it is taken away.
(function () {
  'use strict';
  function without(owner, names) {
    if (!owner) return;
    names.split(' ').forEach(function (name) {
      try { delete owner[name]; } catch (fixed) { /* some cannot be taken away */ }
    });
  }
  function listens(args) {
    // an object of options was not understood: anything true meant "capture"
    return [args[0], args[1], args.length > 2 && Boolean(args[2])];
  }
  var nodes = 'append prepend before after replaceWith replaceChildren moveBefore';
  var validity = 'reportValidity';

  without(window, 'AbortController AbortSignal BigInt HTMLDialogElement IntersectionObserver ' +
    'IntersectionObserverEntry ReadableStream ResizeObserver ShadowRoot SubmitEvent TransformStream WeakRef ' +
    'WritableStream customElements globalThis navigation queueMicrotask requestIdleCallback scheduler ' +
    'structuredClone trustedTypes');
  without(Node.prototype, 'getRootNode isConnected');
  without(Element.prototype, nodes + ' animate assignedSlot attachShadow checkVisibility computedStyleMap ' +
    'getAnimations getHTML setHTMLUnsafe shadowRoot slot toggleAttribute');
  without(HTMLElement.prototype, 'attachInternals autocapitalize enterKeyHint hidePopover inert inputMode popover ' +
    'showPopover togglePopover');
  without(Document.prototype, nodes + ' getAnimations startViewTransition');
  [DocumentFragment, CharacterData, DocumentType].forEach(function (kind) { without(kind.prototype, nodes); });
  [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement, HTMLButtonElement, HTMLFieldSetElement]
    .forEach(function (kind) { without(kind.prototype, validity); });
  without(HTMLFormElement.prototype, validity + ' requestSubmit');
  without(Event.prototype, 'composedPath');
  without(NodeList.prototype, 'forEach entries keys values');
  without(Response.prototype, 'body');
  without(Array.prototype, 'at findLast findLastIndex flat flatMap toReversed toSorted toSpliced with');
  without(String.prototype, 'at isWellFormed matchAll replaceAll toWellFormed trimEnd trimLeft trimRight trimStart');
  without(Object, 'fromEntries getOwnPropertyDescriptors groupBy hasOwn');
  without(Promise, 'allSettled any try withResolvers');
  without(Promise.prototype, 'finally');
  without(Symbol, 'asyncIterator');

  ['addEventListener', 'removeEventListener'].forEach(function (name) {
    var modern = EventTarget.prototype[name];
    EventTarget.prototype[name] = function () { return modern.apply(this, listens(arguments)); };
  });
}());
