//! The review queue in pages: all of it, each emergency once, and no page after something made up.
use crate::fixtures::console::{CLINIC, StaffMember, TestConsole, each_console};
use std::collections::BTreeSet;
use techo_model::{
    ChainId, EventId, UnixMillis,
    emergency::{EmergencyReview, Finding, FoundBy},
    paging::PageToken as _,
    staff::StaffRole,
};
use techo_store::records::emergencies::{EmergencyRow, ReviewRow};
use uuid::Uuid;

impl TestConsole {
    async fn declared(&self, numbers: std::ops::Range<u128>) {
        let records = &self.app.installation.custody.stores.records;
        for n in numbers {
            let row = EmergencyRow {
                chain_id: ChainId(Uuid::from_u128(n)),
                emergency_id: EventId(Uuid::from_u128(n)),
                organisation: CLINIC.to_owned(),
                subject: format!("doctor-{n}"),
                subject_name: None,
                subject_role: None,
                found_by: FoundBy::Card,
                reason_sealed: vec![1],
                declared_at: UnixMillis(i64::try_from(n / 3).unwrap()),
                ends_at: UnixMillis(i64::try_from(n).unwrap()),
                reply_sealed: None,
                replied_at: None,
                finding: None,
                remark_sealed: None,
                reviewed_by: None,
                reviewed_at: None,
                state: EmergencyReview::Open,
                key_version: 1,
            };
            let mut tx = records.begin().await.unwrap();
            records.insert_emergency(&mut tx, &row).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn closed(&self, numbers: std::ops::Range<u128>) {
        let records = &self.app.installation.custody.stores.records;
        for n in numbers {
            let at = UnixMillis(i64::try_from(n).unwrap());
            let by = Uuid::from_u128(7);
            let review = ReviewRow { finding: Finding::Justified, remark_sealed: &[1], by, at, heard: None };
            let mut tx = records.begin().await.unwrap();
            assert!(records.close_emergency(&mut tx, EventId(Uuid::from_u128(n)), &review).await.unwrap());
            tx.commit().await.unwrap();
        }
    }
}

impl StaffMember {
    /// Goes from page to page by the link behind these words; ids of what was listed.
    async fn walk(&mut self, words: &str) -> Vec<String> {
        let (mut path, mut seen) = ("/reviews".to_owned(), Vec::new());
        for _ in 0..10 {
            let page = self.browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.text);
            let lists: Vec<_> = page.text.split("<section>").skip(1).collect();
            let list = lists.iter().find(|list| list.contains(words)).or(lists.last()).unwrap();
            seen.extend(list.split("href=\"/reviews/").skip(1).map(|rest| rest[..36].to_owned()));
            let Some(before) = list.split(words).next().filter(|before| before.len() < list.len()) else {
                return seen;
            };
            let link = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
            path = link.replace("&amp;", "&").replace("&#38;", "&");
        }
        panic!("the pages do not end");
    }
}

#[tokio::test]
async fn reviewers_reach_everything_that_waits_and_everything_that_was_closed() {
    for console in each_console().await {
        console.declared(1..471).await;
        console.closed(251..471).await;
        let mut auditor = console.member(StaffRole::Auditor).await;
        let closed = auditor.walk("これより前に終えたものを表示").await;
        assert_eq!((closed.len(), closed.iter().collect::<BTreeSet<_>>().len()), (220, 220));
        assert_eq!(closed[0], Uuid::from_u128(470).to_string(), "{}: the last one first", console.engine());
        console.closed(201..251).await;
        console.closed(1..201).await;
        console.declared(501..731).await;
        let mut all = BTreeSet::new();
        let mut path = "/reviews".to_owned();
        loop {
            let page = auditor.browser.get(&path).await.text;
            let open = page.split("<section>").nth(1).unwrap();
            for rest in open.split("href=\"/reviews/").skip(1) {
                assert!(all.insert(rest[..36].to_owned()), "{}: twice", console.engine());
            }
            let Some(rest) = open.split("href=\"/reviews?").nth(1) else { break };
            path = format!("/reviews?{}", rest.split('"').next().unwrap());
        }
        assert_eq!(all.len(), 230, "{}", console.engine());
    }
}

#[tokio::test]
async fn a_page_of_the_queue_after_something_made_up_is_refused() {
    for console in each_console().await {
        let mut auditor = console.member(StaffRole::Auditor).await;
        for hostile in ["", "x", "5", "5.7", "%27%20OR%201=1", "9999999999999999999999.00", "-.-"] {
            for list in ["open", "closed"] {
                let answer = auditor.browser.get(&format!("/reviews?{list}={hostile}")).await;
                assert_eq!(answer.status, 400, "{}: {list}={hostile}", console.engine());
            }
        }
        let place = (UnixMillis(i64::MAX), Uuid::max()).token();
        let answer = auditor.browser.get(&format!("/reviews?open={place}&closed={place}")).await;
        assert_eq!(answer.status, 200, "{}: behind everything", console.engine());
        assert!(answer.text.contains("最初の画面に戻る"), "{}", answer.text);
    }
}
