/* What Wagtail's own controllers do not do. No text is in here: it comes by data- attributes. */
(function () {
    const { Controller } = window.StimulusModule;

    /** Says once, with `escala-visible:shown`, that the element came into view. */
    class VisibleController extends Controller {
        connect() {
            this.observer = new IntersectionObserver((entries) => {
                if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
                this.observer.disconnect();
                this.dispatch('shown', { cancelable: false });
            });
            this.observer.observe(this.element);
        }

        disconnect() {
            this.observer.disconnect();
        }
    }

    /** Makes `old` like `fresh` with as few changes as it takes: the focus, what is ticked or open, and a click
     * that has begun survive, and screen readers hear only of what has changed. */
    function morph(old, fresh) {
        if (!isSame(old, fresh)) {
            old.replaceWith(fresh);
            return;
        }
        if (old.nodeType === Node.TEXT_NODE) {
            if (old.data !== fresh.data) old.data = fresh.data;
            return;
        }
        if (old.nodeType !== Node.ELEMENT_NODE) return;
        for (const { name } of [...old.attributes]) {
            const mine = name === 'open' && old.nodeName === 'DETAILS';
            if (!mine && !fresh.hasAttribute(name)) old.removeAttribute(name);
        }
        for (const { name, value } of fresh.attributes) {
            if (old.getAttribute(name) !== value) old.setAttribute(name, value);
        }
        morphChildren(old, fresh);
    }

    /** Whether a node may become the other. A tick belongs to what is ticked, not to its place in the list. */
    function isSame(old, fresh) {
        if (old.nodeName !== fresh.nodeName || old.id !== fresh.id) return false;
        if (old.nodeName !== 'INPUT') return true;
        return ['name', 'value'].every((one) => old.getAttribute(one) === fresh.getAttribute(one));
    }

    function morphChildren(old, fresh) {
        const [was, becomes] = [[...old.childNodes], [...fresh.childNodes]];
        becomes.forEach((node, position) => {
            if (was[position]) morph(was[position], node);
            else old.append(node);
        });
        was.slice(becomes.length).forEach((node) => node.remove());
    }

    /** Fetches its content again while it moves: often while something runs, seldom otherwise. Content that
     * says it is settled is not fetched any more. `escala-poll:settled` says that something has ceased to run. */
    class PollController extends Controller {
        static targets = ['content', 'lost'];

        static values = {
            src: String,
            busy: { type: Number, default: 1500 },
            idle: { type: Number, default: 15000 },
            // What was just ordered begins soon: at first it looks often in any case.
            fresh: { type: Number, default: 8 },
            // Beside what somebody may be typing the page is never loaded anew.
            stays: Boolean,
        };

        connect() {
            this.failures = 0;
            this.refused = false;
            this.fresh = this.freshValue;
            this.plan();
        }

        disconnect() {
            clearTimeout(this.timer);
        }

        says(attribute) {
            return this.contentTarget.querySelector(`[data-${attribute}="true"]`) !== null;
        }

        plan() {
            clearTimeout(this.timer);
            if (this.refused || this.says('settled')) return;
            this.fresh -= 1;
            const often = this.says('running') || this.fresh > 0;
            const pause = often ? this.busyValue : this.idleValue;
            this.timer = setTimeout(() => this.look(), pause * 2 ** Math.min(this.failures, 5));
        }

        async look() {
            if (!document.hidden) {
                try {
                    await this.renew();
                    this.failures = 0;
                    this.lostTarget.hidden = true;
                } catch {
                    this.failures += 1;
                    this.lostTarget.hidden = this.failures < 2;
                }
            }
            if (this.element.isConnected) this.plan();
        }

        async renew() {
            const response = await fetch(this.srcValue, {
                headers: { 'X-Requested-With': 'XMLHttpRequest' },
            });
            if (response.status === 404 || response.status === 403) {
                this.refused = true;
                if (this.staysValue) this.element.hidden = true;
                else window.location.reload();
                return;
            }
            if (!response.ok) throw new Error(response.status);
            const fresh = document.createElement('template');
            fresh.innerHTML = await response.text();
            const [ran, before] = [this.says('running'), this.mark()];
            morphChildren(this.contentTarget, fresh.content);
            // What begins and ends between two looks is known by its mark.
            const moved = ran || this.mark() !== before;
            if (moved && !this.says('running')) this.dispatch('settled', { cancelable: false });
        }

        mark() {
            return this.contentTarget.querySelector('[data-mark]')?.dataset.mark;
        }
    }

    /** Sends a form without leaving the page, and shows the answer beside it. */
    class ProbeController extends Controller {
        static targets = ['results', 'busy', 'button'];

        static values = { failed: String };

        async send({ submitter }) {
            if (!this.busyTarget.hidden) return;
            const url = (submitter && submitter.getAttribute('formaction')) || this.element.action;
            const body = new FormData(this.element);
            this.wait(true);
            try {
                const response = await fetch(url, {
                    method: 'POST',
                    body,
                    headers: { 'X-Requested-With': 'XMLHttpRequest' },
                });
                if (!response.ok) throw new Error(response.status);
                this.resultsTarget.innerHTML = await response.text();
            } catch {
                this.resultsTarget.textContent = this.failedValue;
            }
            this.wait(false);
            this.resultsTarget.focus();
        }

        wait(busy) {
            this.busyTarget.hidden = !busy;
            // Not `disabled`: that would drop the focus.
            this.buttonTargets.forEach((button) => button.setAttribute('aria-disabled', busy));
            if (busy) this.resultsTarget.textContent = '';
        }
    }

    /** Posts without a form, for the fragment may stand in the host's own, where another one cannot be. What
     * is answered is shown beside it, and a new badge on each message that it changes. */
    class PostController extends Controller {
        static targets = ['field', 'button', 'result'];

        static values = { url: String, done: String, failed: String };

        /** What is chosen here is no change of the host's form. */
        hold() {}

        async send() {
            if (this.busy) return;
            this.busy = true;
            // Not `disabled`: that would drop the focus.
            this.buttonTarget.setAttribute('aria-disabled', 'true');
            try {
                const response = await this.post();
                // Who is sent on to a page has nothing to show here.
                const answer = response.redirected ? '' : (await response.text()).trim();
                if (answer.startsWith('<')) this.show(answer);
                else this.resultTarget.textContent = this.doneValue;
                if (this.hasDoneValue) {
                    this.buttonTarget.hidden = true;
                    this.resultTarget.focus();
                }
            } catch {
                this.resultTarget.textContent = this.failedValue;
            }
            this.buttonTarget.removeAttribute('aria-disabled');
            this.busy = false;
        }

        async post() {
            const { CSRF_HEADER_NAME, CSRF_TOKEN } = JSON.parse(
                document.getElementById('wagtail-config').textContent,
            );
            const fields = this.fieldTargets.map(({ dataset, value }) => [dataset.field, value]);
            const response = await fetch(this.urlValue, {
                method: 'POST',
                body: new URLSearchParams(fields),
                headers: { 'X-Requested-With': 'XMLHttpRequest', [CSRF_HEADER_NAME]: CSRF_TOKEN },
            });
            if (!response.ok) throw new Error(response.status);
            return response;
        }

        show(answer) {
            this.resultTarget.innerHTML = answer;
            const fresh = this.resultTarget.querySelector('template[data-escala-post-new-badge]');
            if (!fresh) return;
            const around = this.element.closest('.escala-conversation') || this.element.parentElement;
            around.querySelectorAll('[data-escala-post-badge]').forEach((badge) => {
                badge.replaceWith(fresh.content.cloneNode(true));
            });
            fresh.remove();
        }
    }

    window.wagtail.app.register('escala-visible', VisibleController);
    window.wagtail.app.register('escala-poll', PollController);
    window.wagtail.app.register('escala-probe', ProbeController);
    window.wagtail.app.register('escala-post', PostController);
})();
