//! Eligibility (資格確認): whether somebody is insured on a day, and why this can be said.
//!
//! It is answered by duty, so no opt-in is needed; what the person hid from this organisation stays hidden here, too.
//! Records come through `disclosure`, and the line on the access log is written before the answer is given away.

use super::{ClinicAccess, EligibilityError, PatientVisit, flags};
use crate::{
    coverage::{CoverageCircumstances, CoverageState, CoverageStatements, PendingReason, open_period},
    disclose,
    inquiry::{InquiringParty, RecordInquiry},
    refusal::InquiryRefusal,
};
use techo_audit::log::{Action, Category, LineSet, LogEvent};
use techo_custody::{Failure, Internal, Result, resident_record::PlainResident};
use techo_model::{
    CalendarDate,
    consent::Purpose,
    coverage::{CoverageFacts, InsuredId},
    eligibility::{Change, ClinicCode, EligibilityAnswer, Entitlement, OutdatedStatement},
    number::InsurerNumber,
};
use techo_store::records::coverages::CoverageRow;

/// How far ahead a day may be asked about: insurers know little of what comes later.
const DAYS_AHEAD: i32 = 62;

impl ClinicAccess {
    /// Whether eligibility may be asked for this purpose and this day at all; to be asked before anybody is pointed at.
    ///
    /// # Errors
    /// [`Failure::Refused`] for another purpose, [`EligibilityError::TooFarAhead`] for a day too far ahead.
    pub fn may_ask_eligibility(
        &self,
        asking: &InquiringParty,
        on: CalendarDate,
    ) -> Result<(), EligibilityError> {
        if !matches!(asking.purpose, Purpose::Payment | Purpose::Treatment | Purpose::Emergency) {
            return Err(InquiryRefusal::Purpose.into());
        }
        if on > self.custody.environment.today().plus_days(DAYS_AHEAD) {
            return Err(EligibilityError::TooFarAhead);
        }
        Ok(())
    }

    /// Where a person stands on a day. On the access log before it is answered, and a share code that they showed is used up.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when another request has used the share code meanwhile. Otherwise ours alone: whoever was identified
    /// gets an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn eligibility(
        &self,
        asking: &InquiringParty,
        visit: &PatientVisit,
        on: CalendarDate,
    ) -> Result<EligibilityAnswer> {
        let custody = &self.custody;
        let (person, made_at) = (&visit.person, custody.environment.now());
        let (held, state, resident) = tokio::try_join!(
            disclose::load_records(custody, person.record()),
            async { Ok(disclose::consent_state(custody, person.record()).await?.1) },
            async { Ok(custody.stores.vault.resident(person.resident()).await?) },
        )?;
        let resident = resident.ok_or(Internal::Unexpected("an identified resident is gone"))?;
        let resident = PlainResident::open(&custody.keys, &resident)?;
        let inquiry = RecordInquiry { asker: asking.asker(), purpose: Purpose::Payment, at: made_at };
        let seen = held.disclosed_to(&state, &inquiry)?;
        let accounted = seen.account_for(|seen| {
            let rows = seen.coverages;
            let presented = resident.presented();
            let (moves, municipality) = resident.moves();
            let circumstances = CoverageCircumstances { birth: presented.birth_date, moves, municipality };
            let statements = CoverageStatements::of_rows(&rows, circumstances);
            let found = standing(&statements, &rows, on);
            let window = visit.code.and_then(|code| code.window_ends_at);
            let answer = EligibilityAnswer {
                id: custody.environment.new_id(),
                asked_on: on,
                made_at,
                organisation: asking.organisation.id.clone(),
                person: presented,
                standing: found.standing,
                behind: found.behind,
                coverage: found.row.map(|row| self.facts(row.clone())).transpose()?,
                code: visit
                    .code
                    .map(|code| ClinicCode { code: code.code, window_ends_at: code.window_ends_at }),
                flags: flags::of(&state, &asking.asker(), made_at, window),
            };
            let shown = found.row.map(|row| row.coverage_id.0);
            Ok::<_, Failure>((answer, self.eligibility_lines(asking, visit, shown)))
        })?;
        let answer = accounted.reveal(&self.log).await?;
        self.use_share_code(asking, visit.share_code.as_ref()).await?;
        Ok(answer)
    }

    /// What was read of somebody's insurance; the answer says who the person is, too.
    fn eligibility_lines(
        &self,
        asking: &InquiringParty,
        visit: &PatientVisit,
        shown: Option<uuid::Uuid>,
    ) -> LineSet {
        let InquiringParty { organisation, subject, purpose, .. } = asking;
        let read = |category| {
            LogEvent::by_organisation(
                &self.custody.environment,
                visit.person.chain(),
                &organisation.id,
                subject.clone(),
            )
            .in_emergency(visit.emergency.map(|running| running.id))
            .doing(Action::Read, category, (*purpose).into())
        };
        let coverage = read(Category::Coverage);
        let coverage = if shown.is_none() { coverage.having_found_nothing() } else { coverage.about(shown) };
        LineSet::one(coverage).and(read(Category::Identity))
    }

    pub(super) fn facts(&self, row: CoverageRow) -> Result<CoverageFacts> {
        let period = open_period(&self.custody.keys, row, CoverageState::Valid)?;
        let corrupt = || Internal::corrupt("coverage", "insurer", period.id.0);
        let insurer = InsurerNumber::parse(&period.insurer).map_err(|_| corrupt())?;
        Ok(CoverageFacts {
            insured: InsuredId::new(
                insurer,
                period.symbol.as_deref(),
                &period.number,
                period.branch.as_deref(),
            ),
            relation: period.relation,
            acquired_on: period.acquired_on,
            lost_on: period.lost_on,
            loss_reason: period.loss_reason,
            burden_percent: period.burden_percent,
            insurer_name: period.insurer_name,
            stated_at: period.stated_at,
        })
    }
}

/// What is known, and of which period.
struct Found<'a> {
    standing: Entitlement,
    behind: Option<OutdatedStatement>,
    row: Option<&'a CoverageRow>,
}

/// Of several periods, the best word: in force, then to be confirmed, then over, then yet to come; of equals, the one that
/// began last.
fn standing<'a>(statements: &CoverageStatements, rows: &'a [CoverageRow], on: CalendarDate) -> Found<'a> {
    let judge = |state: CoverageState| match state {
        CoverageState::Valid => (4, Entitlement::InForce, None),
        CoverageState::Pending { because } => (3, Entitlement::Pending, Some(behind(because))),
        CoverageState::Ended => (2, Entitlement::Ended, None),
        CoverageState::Future => (1, Entitlement::NotYet, None),
    };
    let judged = statements.each().map(|statement| (judge(statements.state(statement, on)), statement));
    let best = judged.max_by_key(|((weight, ..), statement)| (*weight, statement.rank()));
    match best {
        None => Found { standing: Entitlement::Unknown, behind: None, row: None },
        Some(((_, standing, behind), statement)) => {
            Found { standing, behind, row: rows.iter().find(|row| row.coverage_id == statement.id) }
        }
    }
}

fn behind(reason: PendingReason) -> OutdatedStatement {
    let change = match reason {
        PendingReason::NewerCoverage { .. } => Change::NewerCoverage,
        PendingReason::Moved { .. } => Change::Moved,
        PendingReason::SeventyFive { .. } => Change::SeventyFive,
    };
    OutdatedStatement { change, since: reason.since() }
}
