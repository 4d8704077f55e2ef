/* Tells the CRM that somebody has a record's conversations before them, and takes its counter away. */
(function () {
    const { Controller } = window.StimulusModule;

    class VisitController extends Controller {
        static values = { url: String };

        static targets = ['list'];

        /** All conversations have come, not those of one of them, nor earlier ones. */
        note({ target }) {
            if (target !== this.listTarget) return;
            this.clear();
            this.post().catch(() => {});
        }

        clear() {
            document
                .querySelectorAll('[data-side-panel-toggle="escala-emails"] [data-side-panel-toggle-counter]')
                .forEach((counter) => {
                    counter.hidden = true;
                });
        }

        post() {
            const { CSRF_HEADER_NAME, CSRF_TOKEN } = JSON.parse(
                document.getElementById('wagtail-config').textContent,
            );
            return fetch(this.urlValue, {
                method: 'POST',
                headers: { 'X-Requested-With': 'XMLHttpRequest', [CSRF_HEADER_NAME]: CSRF_TOKEN },
            });
        }
    }

    window.wagtail.app.register('escala-visit', VisitController);
})();
