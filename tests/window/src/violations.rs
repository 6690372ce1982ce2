//! What axe finds wrong with a page for those who cannot see it well, or not at all.

use crate::App;
use crate::programs::script;

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html, failureSummary }) => `${id}: ${html}\\n${failureSummary}`))),
        (error) => done([String(error)]),
    );
";

impl App {
    /// Fails, and says why, if the page as it is now breaks a rule of axe.
    pub async fn is_accessible(&self, screen: &str) {
        self.run(&script("axe-core/axe.min.js"), &[]).await;
        let violations: Vec<String> =
            serde_json::from_value(self.run_async(RUN, &[]).await).unwrap();
        assert!(violations.is_empty(), "{screen}:\n{}", violations.join("\n\n"));
    }
}
