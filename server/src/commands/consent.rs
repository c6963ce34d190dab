//! `techo consent`: asks the consent engine about cases in a file.

use super::{CommandError, CommandOutcome, CommandResult};
use crate::named_files::read_bytes;
use serde_json::{Value, json};
use std::path::PathBuf;
use techo_consent::{ConsentDecision, Step, decide};
use techo_exchange::consent_cases::{self, CaseQuestion, ConsentCase};
use techo_model::{UnixMillis, consent::Category};

/// Cases of one file; there are some hundred to a megabyte.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo consent decide cases.json\n\n書き方は docs/FORMATS.md にあります。")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// ファイルの問いに、窓口と同じ判定で答えます（データベースは使いません）
    Decide {
        /// 問いの並び（JSON）
        file: PathBuf,
        /// 答えはいつも JSON です（ほかの命令と同じ書き方のためにあります）
        #[arg(long)]
        json: bool,
    },
}

/// Answers every case, on standard output.
pub fn run(args: Args) -> CommandResult {
    let Action::Decide { file, json: _ } = args.action;
    let refused = |error: &dyn std::fmt::Display| CommandError::Other(format!("{}: {error}", file.display()));
    let bytes = read_bytes(&file, LONGEST).map_err(|fault| refused(&fault))?;
    let cases = consent_cases::read(&bytes).map_err(|error| refused(&error))?;
    let answers: Vec<Value> = cases.iter().map(answer).collect();
    say!("{}", serde_json::to_string_pretty(&answers).expect("strings always serialise"));
    Ok(CommandOutcome::Whole)
}

fn answer(case: &ConsentCase) -> Value {
    match &case.question {
        Ok(question) => answered(&case.id, question),
        Err(problem) => json!({
            "id": case.id, "decision": "deny", "step": Step::Indeterminate.as_str(),
            "rule": null, "fields": [], "until": null, "problem": problem.to_string(),
        }),
    }
}

/// A record of several categories is permitted when one of them is; `fields` says which.
fn answered(id: &str, question: &CaseQuestion) -> Value {
    let ask = |part| decide(&question.state, &part, &question.asker, question.purpose, question.at);
    let parts: Vec<(Category, ConsentDecision)> =
        question.parts().map(|part| (part.category, ask(part))).collect();
    let permitted: Vec<&(Category, ConsentDecision)> =
        parts.iter().filter(|(_, decision)| decision.is_permit()).collect();
    let (_, told) = permitted.first().copied().unwrap_or(&parts[0]);
    let until = permitted.iter().filter_map(|(_, decision)| decision.until).min();
    json!({
        "id": id,
        "decision": told.outcome.as_str(),
        "step": told.step.as_str(),
        "rule": told.rule.and_then(|rule| question.rule_name(rule)),
        "fields": permitted.iter().map(|(category, _)| category.as_str()).collect::<Vec<_>>(),
        "until": until.map(UnixMillis::rfc3339),
    })
}
