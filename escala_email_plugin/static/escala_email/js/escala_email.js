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

    /** Fits a frame to the height of the mail in it. The mail runs no script; we only measure. */
    class FrameController extends Controller {
        fit() {
            const inner = this.element.contentDocument;
            if (!inner || !inner.body) return;
            this.element.style.height = '0';
            const height = Math.max(inner.body.scrollHeight, inner.documentElement.scrollHeight);
            this.element.style.height = `${Math.min(height + 2, 20000)}px`;
        }
    }

    /** Fetches its content again while it moves: often while something runs, seldom otherwise. */
    class PollController extends Controller {
        static targets = ['content', 'lost'];

        static values = {
            src: String,
            busy: { type: Number, default: 1500 },
            idle: { type: Number, default: 15000 },
        };

        connect() {
            this.failures = 0;
            this.plan();
        }

        disconnect() {
            clearTimeout(this.timer);
        }

        plan() {
            const running = this.contentTarget.querySelector('[data-running="true"]');
            const pause = running ? this.busyValue : this.idleValue;
            this.timer = setTimeout(() => this.look(), pause * 2 ** Math.min(this.failures, 5));
        }

        async look() {
            if (!document.hidden) {
                try {
                    const response = await fetch(this.srcValue, {
                        headers: { 'X-Requested-With': 'XMLHttpRequest' },
                    });
                    if (response.status === 404 || response.status === 403) {
                        window.location.reload();
                        return;
                    }
                    if (!response.ok) throw new Error(response.status);
                    const html = await response.text();
                    if (html !== this.last) this.contentTarget.innerHTML = html;
                    this.last = html;
                    this.failures = 0;
                    this.lostTarget.hidden = true;
                } catch {
                    this.failures += 1;
                    this.lostTarget.hidden = this.failures < 2;
                }
            }
            if (this.element.isConnected) this.plan();
        }
    }

    /** Sends a form without leaving the page, so that a typed password is not lost when a step fails. */
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
                const location = response.headers.get('X-Escala-Location');
                if (location) {
                    window.location.assign(location);
                    return;
                }
                if (!response.ok) throw new Error(response.status);
                this.resultsTarget.innerHTML = await response.text();
            } catch {
                this.resultsTarget.textContent = this.failedValue;
            }
            this.wait(false);
            this.mark();
        }

        /** Puts each error beside its field, and the focus where one goes on. */
        mark() {
            const errors = [...this.resultsTarget.querySelectorAll('[data-escala-error-of]')];
            const fields = errors.map((error) => {
                const field = document.getElementById(error.dataset.escalaErrorOf);
                const place = field.closest('[data-field]').querySelector('[data-field-errors]');
                const text = document.createElement('p');
                text.className = 'error-message';
                text.id = `${field.id}-escala-error`;
                text.textContent = error.textContent;
                place.replaceChildren(text);
                field.setAttribute('aria-invalid', 'true');
                field.setAttribute('aria-describedby', text.id);
                return field;
            });
            (fields[0] || this.resultsTarget).focus();
        }

        unmark() {
            this.element.querySelectorAll('[aria-invalid="true"]').forEach((field) => {
                field.removeAttribute('aria-invalid');
                field.closest('[data-field]').querySelector('[data-field-errors]').replaceChildren();
            });
        }

        wait(busy) {
            this.busyTarget.hidden = !busy;
            // Not `disabled`: that would drop the focus.
            this.buttonTargets.forEach((button) => button.setAttribute('aria-disabled', busy));
            if (busy) {
                this.resultsTarget.textContent = '';
                this.unmark();
            }
        }
    }

    window.wagtail.app.register('escala-visible', VisibleController);
    window.wagtail.app.register('escala-frame', FrameController);
    window.wagtail.app.register('escala-poll', PollController);
    window.wagtail.app.register('escala-probe', ProbeController);
})();
