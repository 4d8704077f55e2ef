/* The conversations by the keyboard. Only while the focus is in them, on what shows them or nowhere, never while
 * somebody types, and never a key that Wagtail has: "/" is its own search but in the list, and "?" is its dialog,
 * which names ours. */
(function () {
    const { Controller } = window.StimulusModule;

    const STOPS = '.escala-conversation > summary, .escala-message > summary, .escala-folded > summary';
    const TYPING = 'input, select, textarea, [contenteditable]:not([contenteditable="false"]), [role="combobox"]';

    function isOn() {
        const config = document.getElementById('wagtail-config');
        try {
            return JSON.parse(config.textContent).KEYBOARD_SHORTCUTS_ENABLED !== false;
        } catch {
            return true;
        }
    }

    class KeysController extends Controller {
        connect() {
            this.isOn = isOn();
            if (this.isOn) this.name();
        }

        disconnect() {
            this.named?.remove();
        }

        /** In Wagtail's own dialog, which is the one place where people look for keys. */
        name() {
            const table = document.querySelector('#keyboard-shortcuts-dialog table');
            if (!table || table.querySelector('[data-escala-keys]')) return;
            const keys = this.element.querySelector('template[data-escala-state="keys"]');
            table.querySelector('tbody').before(keys.content.cloneNode(true));
            this.named = table.querySelector('[data-escala-keys]');
        }

        help() {
            this.name();
            const dialog = document.getElementById('keyboard-shortcuts-dialog');
            dialog?.dispatchEvent(new CustomEvent('w-dialog:show'));
        }

        press(event) {
            if (!this.isOurs(event)) return;
            const act = this.acts[event.key];
            if (!act || !act(document.activeElement)) return;
            event.preventDefault();
            event.stopImmediatePropagation();
        }

        isOurs(event) {
            const { target } = event;
            if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
            if (!this.isOn && event.key !== 'Escape') return false;
            if (target.closest?.(TYPING) || this.element.offsetParent === null) return false;
            if (document.querySelector('.w-dialog[aria-hidden="false"], .w-dialog:not([aria-hidden])')) return false;
            // It closes the open menu, which says so itself only after us.
            if (event.key === 'Escape' && document.querySelector('.w-dropdown__toggle[aria-expanded="true"]')) return false;
            return this.element.contains(target) || target === document.body || this.isShownBy(target);
        }

        /** By the tab, or the side panel's button: whoever pressed it to come here still has the focus there. */
        isShownBy(target) {
            const tab = target.closest?.('[role="tab"]')?.getAttribute('aria-controls');
            if (tab) return Boolean(document.getElementById(tab)?.contains(this.element));
            const side = target.closest?.('[data-side-panel-toggle]')?.dataset.sidePanelToggle;
            return Boolean(side) && this.element.closest('[data-side-panel]')?.dataset.sidePanel === side;
        }

        get acts() {
            return {
                j: (held) => this.step(held, 1),
                k: (held) => this.step(held, -1),
                o: (held) => this.toggle(held),
                Escape: (held) => this.close(held),
                '/': (held) => this.search(held),
            };
        }

        /** Those that can be seen: of what is folded nothing. */
        get stops() {
            const list = this.element.querySelector('.escala-emails__list');
            return [...list.querySelectorAll(STOPS)].filter((one) => one.checkVisibility());
        }

        step(held, by) {
            const { stops } = this;
            const from = stops.findLastIndex((one) => one === held || this.isBehind(one, held));
            const inList = from >= 0 && this.element.contains(held);
            const to = inList ? from + by : this.nearest(stops, by);
            const here = inList && by < 0 && stops[from] !== held ? from : to;
            const found = stops[here];
            if (found) this.reach(found);
            else if (by > 0) this.element.querySelector('.escala-list ~ .escala-emails__more button')?.focus();
            if (!found && by > 0) this.element.querySelector('.escala-list ~ .escala-emails__more button')?.click();
            return stops.length > 0;
        }

        isBehind(one, held) {
            return Boolean(one.compareDocumentPosition(held) & Node.DOCUMENT_POSITION_FOLLOWING);
        }

        /** Without a focus it begins with what can be seen. */
        nearest(stops, by) {
            const found = stops.findIndex((one) => one.getBoundingClientRect().top >= 0);
            return by > 0 || found < 1 ? Math.max(found, 0) : found - 1;
        }

        reach(stop) {
            stop.focus({ preventScroll: true });
            stop.scrollIntoView({ block: 'nearest' });
        }

        toggle(held) {
            if (!held.matches(STOPS)) return false;
            held.click();
            return true;
        }

        close(held) {
            const open = held.closest?.('.escala-conversation[open], .escala-folded[open]');
            if (!open || !this.element.contains(open)) return false;
            open.open = false;
            this.reach(open.querySelector('summary'));
            return true;
        }

        search(held) {
            if (!this.element.contains(held)) return false;
            this.element.querySelector('[data-field="q"]').focus();
            return true;
        }
    }

    window.wagtail.app.register('escala-keys', KeysController);
})();
