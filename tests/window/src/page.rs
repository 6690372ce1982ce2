//! What is on the page, as assistive technology finds it: by role and accessible name.

use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};

use crate::App;
use crate::programs::script;
use crate::wait::within;

/// Testing Library finds elements by the rules of ARIA. Null where it is not on the page yet.
const BY_ROLE: &str = "
    const [role, name] = arguments;
    return globalThis.TestingLibraryDom?.queryAllByRole(document.body, role, { name }) ?? null;
";
const BY_LABEL: &str = "
    const [label] = arguments;
    return globalThis.TestingLibraryDom?.queryAllByLabelText(document.body, label) ?? null;
";
const TESTING_LIBRARY: &str = "@testing-library/dom/dist/@testing-library/dom.umd.min.js";

/// Where `WebDriver` keeps the id of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl App {
    /// The one element of this role and name, once it is there.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        self.until(&format!("{role} {name:?}"), async || self.look(role, name).await).await
    }

    /// Waits until there is no element of this role and name.
    pub async fn find_none(&self, role: &str, name: &str) {
        self.until(&format!("no {role} {name:?}"), async || {
            match self.look_for(BY_ROLE, &[json!(role), json!(name)]).await?.len() {
                0 => Ok(()),
                some => Err(format!("{some} of them")),
            }
        })
        .await;
    }

    /// The one field of this label, once it is there.
    pub async fn field(&self, label: &str) -> Element {
        self.until(&format!("the field {label:?}"), async || self.look_for_field(label).await).await
    }

    /// Clicks a button, as soon as it lets itself be clicked.
    pub async fn click(&self, name: &str) {
        self.until(&format!("a click on {name:?}"), async || {
            let button = self.look("button", name).await?;
            within("a click", button.click()).await.map_err(|error| error.to_string())
        })
        .await;
    }

    /// Types into a field, in place of what it had.
    pub async fn fill(&self, label: &str, text: &str) {
        self.until(&format!("{text:?} in {label:?}"), async || {
            let field = self.look_for_field(label).await?;
            let fill = async {
                field.clear().await?;
                field.send_keys(text).await
            };
            within("a full field", fill).await.map_err(|error| error.to_string())
        })
        .await;
    }

    /// What a field has.
    pub async fn value(&self, label: &str) -> String {
        let field = self.field(label).await;
        within("a value", field.prop("value")).await.unwrap().unwrap_or_default()
    }

    /// The alert, once there is one.
    pub async fn alert(&self) -> String {
        self.until("an alert", async || {
            let alert = only(self.look_for(BY_ROLE, &[json!("alert")]).await?)?;
            within("a text", alert.text()).await.map_err(|error| error.to_string())
        })
        .await
    }

    /// The one element of this role and name, if it is there now.
    pub(crate) async fn look(&self, role: &str, name: &str) -> Result<Element, String> {
        only(self.look_for(BY_ROLE, &[json!(role), json!(name)]).await?)
    }

    /// The one field of this label, if it is there now.
    pub(crate) async fn look_for_field(&self, label: &str) -> Result<Element, String> {
        only(self.look_for(BY_LABEL, &[json!(label)]).await?)
    }

    /// What an element says now.
    pub(crate) async fn look_for_text(&self, role: &str, name: &str) -> Result<String, String> {
        let element = self.look(role, name).await?;
        within("a text", element.text()).await.map_err(|error| error.to_string())
    }

    async fn look_for(&self, how: &str, arguments: &[Value]) -> Result<Vec<Element>, String> {
        let mut found = self.try_run(how, arguments).await?;
        if found.is_null() {
            self.try_run(&script(TESTING_LIBRARY), &[]).await?;
            found = self.try_run(how, arguments).await?;
        }
        let ids =
            found.as_array().into_iter().flatten().filter_map(|found| found[ELEMENT].as_str());
        Ok(ids.map(|id| self.element(id)).collect())
    }

    fn element(&self, id: &str) -> Element {
        Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()))
    }
}

fn only(mut found: Vec<Element>) -> Result<Element, String> {
    match found.len() {
        1 => Ok(found.remove(0)),
        others => Err(format!("{others} of them")),
    }
}
