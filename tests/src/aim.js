// Where to click an element: its middle, once it can be clicked and has stood still for two looks; null until then. From then
// until __unaim() nothing but the element feels the pointer; that tells whether the click hit it.
(selector) => {
  const one = [...document.querySelectorAll(selector)].find(
    (e) => e.checkVisibility() && !e.disabled && e.getAttribute('aria-disabled') !== 'true',
  );
  if (!one) return null;
  one.scrollIntoView({ block: 'center' });
  const box = one.getBoundingClientRect();
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  const hit = document.elementFromPoint(x, y);
  const belongs = (element) => one.contains(element) || (element.contains(one) && element.matches('label, button, a'));
  if (!hit || !belongs(hit)) return null;
  const last = globalThis.__lastLook;
  globalThis.__lastLook = { one, x, y };
  if (!last || last.one !== one || last.x !== x || last.y !== y) return null;

  const events = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
  let missed = false;
  const guard = (event) => {
    if (belongs(event.target)) return;
    missed = true;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  events.forEach((name) => globalThis.addEventListener(name, guard, { capture: true }));
  globalThis.__unaim = () => {
    events.forEach((name) => globalThis.removeEventListener(name, guard, { capture: true }));
    delete globalThis.__unaim;
    return !missed;
  };
  return [x, y];
}
