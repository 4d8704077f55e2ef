/* The list of conversations: fetched, narrowed, continued. What it says comes from the page. */
(function () {
    const { Controller } = window.StimulusModule;

    /** So long (ms) something may take until that is said, and until it is given up. */
    const SLOW = 6000;
    const TOO_LONG = 45000;

    /** So many pages follow by themselves; then the button stands, for what is below the list must be reached. */
    const BY_THEMSELVES = 5;

    class Failed extends Error {
        constructor(state) {
            super(state);
            this.state = state;
        }
    }

    /** The text at `url`. Throws Failed with the state that is to be shown; what `signal` aborts is never answered. */
    async function fetched(url, signal) {
        let response;
        try {
            response = await fetch(url, { signal, headers: { 'X-Requested-With': 'XMLHttpRequest' } });
            if (response.ok && !response.redirected) return await response.text();
        } catch {
            throw new Failed('failed');
        }
        if (response.redirected) throw new Failed('signed-out');
        if (response.status === 404) throw new Failed('gone');
        throw new Failed(response.status === 403 ? 'forbidden' : 'failed');
    }

    function parsed(html) {
        const template = document.createElement('template');
        template.innerHTML = html;
        return template.content;
    }

    /** What both have: of several requests only the last is answered, and each state has its place. */
    class Loader extends Controller {
        disconnect() {
            this.running?.abort();
        }

        get around() {
            return this.element.closest('.escala-emails');
        }

        piece(state) {
            const found = this.around.querySelector(`template[data-escala-state="${state}"]`);
            return found.content.cloneNode(true);
        }

        /** Fetches `url` and hands it to `done`, or the name of a state to `failed`; nothing of what came too late. */
        async fetch(url, done, failed) {
            this.running?.abort();
            const running = new AbortController();
            this.running = running;
            const tooLong = setTimeout(() => running.abort(), TOO_LONG);
            const isLast = () => this.running === running && this.element.isConnected;
            let state = '';
            let fragment;
            try {
                fragment = parsed(await fetched(url, running.signal));
            } catch (error) {
                state = error.state;
                if (state === 'forbidden' && isLast()) state = await this.whyForbidden();
            }
            clearTimeout(tooLong);
            if (!isLast()) return;
            this.running = null;
            if (state) failed(state);
            else done(fragment);
        }

        /** Who is signed out is answered as one who may not: what anybody signed in may ask tells them apart. */
        async whyForbidden() {
            const url = this.around.dataset.escalaListPingValue;
            try {
                await fetched(url);
                return 'forbidden';
            } catch ({ state }) {
                return state === 'forbidden' ? 'signed-out' : 'forbidden';
            }
        }

        /** Puts what stands for `state` into `place`, with a button that tries again. */
        put(state, place, again) {
            const shown = this.piece(state);
            shown.querySelector('[data-escala-again]')?.addEventListener('click', again);
            place.replaceChildren(shown);
        }
    }

    class ListController extends Loader {
        static targets = ['list', 'items', 'more', 'said', 'field', 'fields', 'toggle', 'number'];

        static values = { src: String, linked: String, ping: String, prefix: { type: String, default: 'email_' } };

        connect() {
            this.byThemselves = 0;
            this.observer = new IntersectionObserver(
                (entries) => {
                    if (entries.some(({ isIntersecting }) => isIntersecting)) this.follows();
                },
                { rootMargin: '400px' },
            );
            this.read();
            if (this.folded) this.toggleTarget.setAttribute('aria-expanded', 'true');
            this.reveal();
        }

        disconnect() {
            super.disconnect();
            this.observer.disconnect();
            clearTimeout(this.pause);
            clearTimeout(this.slow);
        }

        moreTargetConnected(more) {
            this.observer?.observe(more);
        }

        moreTargetDisconnected(more) {
            this.observer?.unobserve(more);
        }

        /* What is chosen, and the URL */

        get chosen() {
            const chosen = new URLSearchParams();
            this.fieldTargets.forEach((field) => {
                const value = field.type === 'checkbox' ? (field.checked ? '1' : '') : field.value.trim();
                if (value) chosen.set(field.dataset.field, value);
            });
            return chosen;
        }

        get isNarrowed() {
            return this.chosen.size > 0;
        }

        /** The page's own parameter `name`. */
        asked(name) {
            return new URLSearchParams(window.location.search).get(this.prefixValue + name) || '';
        }

        read() {
            this.fieldTargets.forEach((field) => {
                const value = this.asked(field.dataset.field);
                if (field.type === 'checkbox') field.checked = value === '1';
                else field.value = value;
                // What is no choice leaves nothing chosen, not even the first.
                if (field.nodeName === 'SELECT' && field.selectedIndex < 0) field.selectedIndex = 0;
            });
            this.mark();
        }

        write(name, value) {
            const url = new URL(window.location.href);
            if (value) url.searchParams.set(this.prefixValue + name, value);
            else url.searchParams.delete(this.prefixValue + name);
            window.history.replaceState(window.history.state, '', url);
        }

        /** How many are chosen of those that can be folded away. */
        get folded() {
            return [...this.chosen.keys()].filter((name) => name !== 'q').length;
        }

        mark() {
            const { folded } = this;
            this.numberTarget.textContent = folded ? ` (${folded})` : '';
        }

        /** A link that leads here opens the tab it is in. */
        reveal() {
            const params = [...new URLSearchParams(window.location.search).keys()];
            if (window.location.hash || !params.some((name) => name.startsWith(this.prefixValue))) return;
            const panel = this.element.closest('[role="tabpanel"]');
            const label = panel && document.getElementById(panel.getAttribute('aria-labelledby'));
            // Wagtail's tabs choose theirs as they connect, which may be after us.
            if (label) setTimeout(() => label.click());
        }

        /* Narrowing */

        hear({ target }) {
            clearTimeout(this.pause);
            if (target.type === 'search') this.pause = setTimeout(() => this.apply(), 300);
        }

        change({ target }) {
            if (target.type !== 'search') this.apply();
        }

        search() {
            this.apply({ again: true });
        }

        /** Esc empties the words first, and then leads back to the list. */
        leave(event) {
            if (event.target.value) return;
            event.preventDefault();
            this.focusList();
        }

        clear() {
            this.fieldTargets.forEach((field) => {
                if (field.type === 'checkbox') field.checked = false;
                else field.value = '';
            });
            this.fieldTargets[0].focus();
            this.apply();
        }

        unfold() {
            const open = this.toggleTarget.getAttribute('aria-expanded') !== 'true';
            this.toggleTarget.setAttribute('aria-expanded', open);
        }

        apply({ again = false } = {}) {
            clearTimeout(this.pause);
            const asked = this.chosen.toString();
            this.mark();
            if (asked === this.shown && !again && !this.failed) return;
            this.fieldTargets.forEach(({ dataset: { field } }) => this.write(field, this.chosen.get(field)));
            this.load();
        }

        /** Back and forward. */
        follow() {
            this.read();
            if (this.started && this.chosen.toString() !== this.shown) this.load();
        }

        /* Fetching */

        begin() {
            if (this.started) return;
            this.started = true;
            this.load();
        }

        /** The connection is back. */
        again() {
            if (this.failed === 'failed') this.load();
        }

        load() {
            const { chosen } = this;
            this.shown = chosen.toString();
            this.byThemselves = 0;
            this.busy(true);
            this.dispatch('begun', { cancelable: false });
            return this.fetch(
                `${this.srcValue}?${chosen}`,
                (fragment) => this.show(fragment),
                (state) => this.fail(state),
            );
        }

        busy(is) {
            clearTimeout(this.slow);
            this.listTarget.setAttribute('aria-busy', is);
            if (!is) return;
            this.slow = setTimeout(() => this.listTarget.prepend(this.piece('slow')), SLOW);
        }

        replace(...nodes) {
            const held = this.listTarget.contains(document.activeElement);
            this.busy(false);
            this.listTarget.replaceChildren(...nodes);
            if (held) this.focusList();
        }

        show(fragment) {
            this.failed = '';
            this.replace(fragment);
            this.say();
            if (this.asked('thread')) this.link();
            this.dispatch('shown', {
                target: this.listTarget,
                cancelable: false,
                detail: { newest: this.itemsTarget.dataset.newest, isNarrowed: this.isNarrowed },
            });
        }

        fail(state) {
            this.failed = state;
            const held = this.listTarget.contains(document.activeElement);
            this.busy(false);
            this.put(state, this.listTarget, () => this.load());
            if (held) this.listTarget.focus();
        }

        say(text = this.itemsTarget.dataset.said) {
            // The same once more is heard only where it was another between.
            this.saidTarget.textContent = '';
            setTimeout(() => {
                this.saidTarget.textContent = text;
            }, 50);
        }

        focusList() {
            const row = this.listTarget.querySelector('.escala-conversation > summary');
            (row || this.listTarget).focus();
        }

        /* The next page */

        follows() {
            if (this.byThemselves >= BY_THEMSELVES || !this.hasMoreTarget) return;
            if (this.moreTarget.dataset.failed) return;
            this.byThemselves += 1;
            this.continue();
        }

        more() {
            this.byThemselves = 0;
            return this.continue();
        }

        continue() {
            const more = this.moreTarget;
            if (this.running || more.getAttribute('aria-busy') === 'true') return Promise.resolve();
            const params = new URLSearchParams(this.shown);
            params.set('before', more.dataset.before);
            more.setAttribute('aria-busy', 'true');
            return this.fetch(
                `${this.srcValue}?${params}`,
                (fragment) => this.append(more, fragment),
                () => this.stop(more),
            );
        }

        append(more, fragment) {
            const held = more.contains(document.activeElement);
            const page = fragment.querySelector('.escala-list');
            const first = this.joined(this.itemsTarget.lastElementChild, page.firstElementChild);
            this.itemsTarget.append(...page.children);
            const next = fragment.querySelector('.escala-emails__more');
            if (next) more.replaceWith(next);
            else more.remove();
            this.say(page.dataset.said);
            if (held) (first?.querySelector('summary') || this.listTarget).focus();
            this.dispatch('continued', { cancelable: false });
        }

        /** The `first` item of a page; where it is what the `last` one folds, too, it goes into that. */
        joined(last, first) {
            const [above, below] = [last, first].map((item) => item?.querySelector(':scope > .escala-folded'));
            if (!above || !below || above.dataset.who !== below.dataset.who) return first;
            above.append(...below.querySelectorAll(':scope > .escala-hidden'));
            const number = above.querySelectorAll(':scope > .escala-hidden').length;
            above.querySelector('.escala-folded__text').textContent = above.dataset.many.replace('{n}', number);
            const days = above.querySelector('summary > .escala-hidden__date');
            const [since, until] = [below.querySelector('summary time'), [...days.querySelectorAll('time')].at(-1)];
            days.replaceChildren(...(since.dateTime === until.dateTime ? [until] : [since, ' – ', until]));
            first.remove();
            return last;
        }

        stop(more) {
            more.removeAttribute('aria-busy');
            more.dataset.failed = 'true';
            more.querySelector('.escala-emails__failed').hidden = false;
        }

        /* What came meanwhile */

        /** Puts what is new on top. What is open stays where it is, and says that it has grown. */
        renew() {
            if (this.failed || this.isNarrowed) return this.load();
            if (this.hasMoreTarget) this.moreTarget.removeAttribute('aria-busy');
            return this.fetch(
                this.srcValue,
                (fragment) => this.merge(fragment),
                (state) => this.fail(state),
            );
        }

        merge(fragment) {
            const rows = [...fragment.querySelectorAll('.escala-conversation')];
            const known = new Map(
                [...this.itemsTarget.querySelectorAll('.escala-conversation')].map((row) => [row.dataset.thread, row]),
            );
            if (!rows.some((row) => known.has(row.dataset.thread))) {
                this.show(fragment);
                this.focusList();
                return;
            }
            const [top] = this.itemsTarget.children;
            let first = null;
            rows.forEach((row) => {
                const old = known.get(row.dataset.thread);
                if (old?.dataset.message === row.dataset.message) return;
                const fresh = old?.open ? this.grow(old, row) : this.insert(row, old, top);
                first ??= fresh;
            });
            const { newest } = fragment.querySelector('.escala-list').dataset;
            this.itemsTarget.dataset.newest = newest;
            (first || this.listTarget).focus();
            const detail = { newest, isNarrowed: false };
            this.dispatch('shown', { target: this.listTarget, cancelable: false, detail });
        }

        insert(row, old, top) {
            const item = row.closest('li');
            // Only what is older than the page that was fetched would be out of its place.
            top.before(item);
            if (old) old.closest('li').remove();
            row.classList.add('escala-conversation--fresh');
            return row.querySelector('summary');
        }

        grow(old, row) {
            old.dataset.message = row.dataset.message;
            old.querySelector('summary').replaceChildren(...row.querySelector('summary').childNodes);
            old.querySelector('.escala-joined')?.remove();
            old.querySelector('.escala-conversation__messages').append(this.piece('joined'));
            return old.querySelector('summary');
        }

        /* A link to one conversation */

        async link() {
            const [thread, message] = [this.asked('thread'), this.asked('message')];
            if (!/^\d{1,18}$/.test(thread)) return;
            const row = this.listTarget.querySelector(`.escala-conversation[data-thread="${thread}"]`);
            if (row) {
                this.open(row, message);
                return;
            }
            const url = this.linkedValue.replace(/\/0\/linked\//, `/${thread}/linked/`);
            let linked;
            try {
                linked = parsed(await fetched(url));
            } catch {
                this.listTarget.prepend(this.piece('no-link'));
                return;
            }
            this.listTarget.prepend(linked);
            this.open(this.listTarget.querySelector('.escala-linked .escala-conversation'), message);
        }

        open(row, message) {
            row.open = true;
            const summary = row.querySelector('summary');
            summary.focus({ preventScroll: true });
            summary.scrollIntoView({ block: 'center' });
            if (/^\d{1,18}$/.test(message)) this.seek(row, `.escala-message[data-message="${message}"]`);
        }

        /** Opens and shows the message once it is there; earlier pages of the conversation are asked for. */
        seek(row, selector) {
            const look = () => {
                const found = row.querySelector(selector);
                if (found) {
                    watcher.disconnect();
                    found.open = true;
                    found.querySelector('summary')?.focus({ preventScroll: true });
                    found.scrollIntoView({ block: 'start' });
                    return;
                }
                const earlier = row.querySelector('.escala-conversation__messages .escala-emails__more button');
                if (earlier && !earlier.dataset.pressed) {
                    earlier.dataset.pressed = 'true';
                    earlier.click();
                }
            };
            const watcher = new MutationObserver(look);
            watcher.observe(row, { childList: true, subtree: true });
            setTimeout(() => watcher.disconnect(), TOO_LONG);
            look();
        }

        unlink() {
            this.write('thread', '');
            this.write('message', '');
            this.listTarget.querySelector('.escala-linked')?.remove();
            this.focusList();
        }
    }

    /** Something that is fetched into its place when it is first seen. */
    class FragmentController extends Loader {
        static targets = ['content'];

        static values = { src: String };

        load() {
            const place = this.contentTarget;
            place.setAttribute('aria-busy', 'true');
            clearTimeout(this.slow);
            this.slow = setTimeout(() => place.append(this.piece('slow')), SLOW);
            const settled = (act) => (what) => {
                clearTimeout(this.slow);
                place.removeAttribute('aria-busy');
                const held = place.contains(document.activeElement);
                act(what);
                if (held) this.element.closest('details')?.querySelector('summary').focus();
            };
            return this.fetch(
                this.srcValue,
                settled((fragment) => place.replaceChildren(fragment)),
                settled((state) => this.put(state, place, () => this.load())),
            );
        }

        /** Adds the messages that came, and leaves the others as they are. */
        extend({ currentTarget }) {
            const place = this.contentTarget;
            currentTarget.setAttribute('aria-disabled', 'true');
            return this.fetch(
                this.srcValue,
                (fragment) => {
                    const all = [...place.querySelectorAll('.escala-message[data-message]')];
                    const known = new Set(all.map(({ dataset }) => dataset.message));
                    const fresh = [...fragment.querySelectorAll('.escala-message[data-message]')].filter(
                        ({ dataset }) => !known.has(dataset.message),
                    );
                    if (all.length) all.at(-1).after(...fresh);
                    else place.replaceChildren(fragment);
                    currentTarget.closest('.escala-joined').remove();
                    (fresh[0] || place.querySelector('.escala-message'))?.querySelector('summary').focus();
                },
                (state) => this.put(state, currentTarget.closest('.escala-joined'), () => this.load()),
            );
        }
    }

    window.wagtail.app.register('escala-list', ListController);
    window.wagtail.app.register('escala-fragment', FragmentController);
})();
