//! Compares what the runners of the scenarios have seen, language by language.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::Value;

const HELP: &str = "\
Compares what the runners of the scenarios left in target/scenarios, and prints what is not equal.

usage: compare-scenarios LANGUAGE LANGUAGE...

The languages are the names of the files, such as rust and kotlin-lane. The first one is what the
others are compared with.";

/// The steps of each scenario, by its name.
type Results = BTreeMap<String, Vec<Value>>;

#[derive(Deserialize)]
struct Line {
    scenario: String,
    steps: Vec<Value>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let languages: Vec<String> = std::env::args().skip(1).collect();
    let [first, others @ ..] = languages.as_slice() else { return Ok(help()) };
    if others.is_empty() || first.starts_with('-') {
        return Ok(help());
    }
    let expected = read(first)?;
    let mut differences = Vec::new();
    for other in others {
        differences.extend(compare((first, &expected), (other, &read(other)?)));
    }
    for difference in &differences {
        println!("{difference}");
    }
    let (count, languages) = (expected.len(), languages.join(", "));
    println!("{languages}: {count} scenarios, {} differences", differences.len());
    let all_equal = differences.is_empty() && count > 0;
    Ok(if all_equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn help() -> ExitCode {
    eprintln!("{HELP}");
    ExitCode::from(2)
}

fn read(language: &str) -> Result<Results, Box<dyn Error>> {
    let path = aldis_tests::scenario_results().join(format!("{language}.jsonl"));
    parse(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn parse(path: &Path) -> Result<Results, Box<dyn Error>> {
    let mut results = Results::new();
    for line in fs::read_to_string(path)?.lines() {
        let Line { scenario, steps } = serde_json::from_str(line)?;
        if results.insert(scenario.clone(), steps).is_some() {
            return Err(format!("`{scenario}` is there twice").into());
        }
    }
    Ok(results)
}

/// What is not equal, in words.
fn compare((one, left): (&str, &Results), (other, right): (&str, &Results)) -> Vec<String> {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let mut differences = Vec::new();
    for name in names {
        match (left.get(name), right.get(name)) {
            (Some(left), Some(right)) => {
                for index in 0..left.len().max(right.len()) {
                    let (left, right) = (left.get(index), right.get(index));
                    if left != right {
                        let (left, right) = (shown(left), shown(right));
                        differences.push(format!(
                            "{name}\n  step {}\n    {one}: {left}\n    {other}: {right}",
                            index + 1
                        ));
                    }
                }
            }
            (Some(_), None) => differences.push(format!("{name}\n  not passed in {other}")),
            (None, _) => differences.push(format!("{name}\n  not passed in {one}")),
        }
    }
    differences
}

fn shown(step: Option<&Value>) -> String {
    step.map_or_else(|| "no such step".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn results(scenarios: &[(&str, &[Value])]) -> Results {
        scenarios.iter().map(|(name, steps)| ((*name).to_owned(), steps.to_vec())).collect()
    }

    #[test]
    fn the_order_of_keys_is_free() {
        let left = results(&[("a", &[json!({"x": 1, "y": 2})])]);
        let right = results(&[("a", &[json!({"y": 2, "x": 1})])]);
        assert!(compare(("rust", &left), ("swift", &right)).is_empty());
    }

    #[test]
    fn every_step_that_differs_is_told() {
        let left = results(&[("a", &[json!({}), json!({"fails": "x"})])]);
        let right = results(&[("a", &[json!({}), json!({"fails": "y"}), json!({})])]);
        let differences = compare(("rust", &left), ("swift", &right));
        assert_eq!(differences.len(), 2);
        assert!(
            differences[0].contains("step 2") && differences[0].contains(r#"rust: {"fails":"x"}"#)
        );
        assert!(differences[1].contains("rust: no such step"));
    }

    #[test]
    fn a_scenario_that_one_of_them_lacks_is_told() {
        let (left, right) =
            (results(&[("a", &[]), ("b", &[])]), results(&[("b", &[]), ("c", &[])]));
        let differences = compare(("rust", &left), ("swift", &right));
        assert_eq!(differences, ["a\n  not passed in swift", "c\n  not passed in rust"]);
    }
}
