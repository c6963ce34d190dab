//! `cargo xtask licences`: every crate that is linked in has a licence that `deny.toml` allows.

use std::{error::Error, fs, process::Command};

/// Checks all packages of the lock file; names every one that does not pass.
pub fn check() -> Result<String, Box<dyn Error>> {
    let deny: toml::Table = fs::read_to_string("deny.toml")?.parse()?;
    let allowed = strings(&deny, "licenses", "allow");
    let banned: Vec<String> = names(&deny);
    let output =
        Command::new(env!("CARGO")).args(["metadata", "--locked", "--format-version", "1"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata gave no packages")?;
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if banned.iter().any(|banned| banned == name) {
            wrong.push(format!("{name}: banned by deny.toml"));
        }
        if !satisfied(licence, &allowed) {
            wrong.push(format!("{name}: licence «{licence}» is not allowed by deny.toml"));
        }
    }
    if wrong.is_empty() {
        Ok(format!("{} packages, all licences allowed", packages.len()))
    } else {
        Err(wrong.join("\n").into())
    }
}

fn strings(table: &toml::Table, section: &str, key: &str) -> Vec<String> {
    let list = table.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn names(table: &toml::Table) -> Vec<String> {
    let list = table.get("bans").and_then(|bans| bans.get("deny")).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(|entry| Some(entry.get("crate")?.as_str()?.to_owned())).collect()
}

/// Whether an SPDX expression can be met with the allowed licences. `/` is the old way to write OR.
fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spdx = expression.replace('/', " OR ");
    let mut tokens: Vec<String> =
        spdx.replace('(', " ( ").replace(')', " ) ").split_whitespace().map(str::to_owned).collect();
    tokens.reverse();
    !tokens.is_empty() && any_of(&mut tokens, allowed) && tokens.is_empty()
}

fn any_of(tokens: &mut Vec<String>, allowed: &[String]) -> bool {
    let mut good = all_of(tokens, allowed);
    while tokens.last().is_some_and(|token| token == "OR") {
        tokens.pop();
        let other = all_of(tokens, allowed);
        good = good || other;
    }
    good
}

fn all_of(tokens: &mut Vec<String>, allowed: &[String]) -> bool {
    let mut good = one(tokens, allowed);
    while tokens.last().is_some_and(|token| token == "AND") {
        tokens.pop();
        let other = one(tokens, allowed);
        good = good && other;
    }
    good
}

fn one(tokens: &mut Vec<String>, allowed: &[String]) -> bool {
    match tokens.pop().as_deref() {
        Some("(") => {
            let good = any_of(tokens, allowed);
            tokens.pop().as_deref() == Some(")") && good
        }
        Some(name) => {
            let mut name = name.to_owned();
            if tokens.last().is_some_and(|token| token == "WITH") {
                tokens.pop();
                name = format!("{name} WITH {}", tokens.pop().unwrap_or_default());
            }
            allowed.contains(&name)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    #[test]
    fn an_expression_is_met_by_what_is_allowed_only() {
        let allowed =
            ["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned(), "BSD-3-Clause".to_owned()];
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "(MIT OR GPL-3.0) AND BSD-3-Clause",
            "Apache-2.0 WITH LLVM-exception OR X",
        ] {
            assert!(satisfied(good, &allowed), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "Apache-2.0"] {
            assert!(!satisfied(bad, &allowed), "{bad}");
        }
    }
}
