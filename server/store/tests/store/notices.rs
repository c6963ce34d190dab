//! What a person is told, and what they ask about lines of their access log.

use crate::people::{EARLIER, LATER, NOW, chain, uuid};
use techo_model::{
    EventId, NoticeId, QuestionId,
    notice::{NoticeKind, QuestionTopic},
};
use techo_store::{
    Records,
    records::{notices::NewNoticeRow, questions::QuestionRow},
    testing::{TestStores, each_engine},
};

fn notice(number: u128, kind: NoticeKind) -> NewNoticeRow {
    NewNoticeRow {
        chain_id: chain(1),
        notice_id: NoticeId(uuid(number)),
        kind,
        organisation: Some("1310000001".into()),
        event_id: None,
        created_at: NOW,
    }
}

async fn put(records: &Records, rows: &[NewNoticeRow]) {
    let mut tx = records.begin().await.unwrap();
    records.put_notices(&mut tx, rows).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_notice_is_told_once_and_a_first_look_once_for_each_organisation() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let later = NewNoticeRow { created_at: LATER, ..notice(2, NoticeKind::EmergencyDeclared) };
        put(records, &[notice(1, NoticeKind::FirstLook), later, notice(3, NoticeKind::FirstLook)]).await;
        put(records, &[NewNoticeRow { created_at: LATER, ..notice(1, NoticeKind::FirstLook) }]).await;
        let rows = records.notices(chain(1), 9).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.notice_id.0, row.created_at)).collect();
        assert_eq!(told, [(uuid(2), LATER), (uuid(1), NOW)], "{engine}: newest first");
        assert_eq!(records.notices(chain(1), 1).await.unwrap().len(), 1, "{engine}");
        assert!(records.notices(chain(2), 9).await.unwrap().is_empty(), "{engine}");
        assert!(records.notice(chain(1), NoticeId(uuid(1))).await.unwrap().is_some(), "{engine}");
        assert!(records.notice(chain(2), NoticeId(uuid(1))).await.unwrap().is_none(), "{engine}");
    }
}

#[tokio::test]
async fn what_was_opened_stays_opened_at_its_first_moment() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let newest = NewNoticeRow { created_at: LATER, ..notice(3, NoticeKind::EmergencyDeclared) };
        put(
            records,
            &[notice(1, NoticeKind::EmergencyDeclared), notice(2, NoticeKind::EmergencyDeclared), newest],
        )
        .await;
        assert_eq!(records.unread_notices(chain(1)).await.unwrap(), 3, "{engine}");
        let mut tx = records.begin().await.unwrap();
        records.notice_read(&mut tx, chain(2), NoticeId(uuid(1)), NOW).await.unwrap();
        records.notice_read(&mut tx, chain(1), NoticeId(uuid(1)), NOW).await.unwrap();
        records.notice_read(&mut tx, chain(1), NoticeId(uuid(1)), LATER).await.unwrap();
        tx.commit().await.unwrap();
        let opened = records.notice(chain(1), NoticeId(uuid(1))).await.unwrap().unwrap();
        assert_eq!(opened.read_at, Some(NOW), "{engine}");
        assert_eq!(records.unread_notices(chain(1)).await.unwrap(), 2, "{engine}");
        let mut tx = records.begin().await.unwrap();
        records.all_notices_read(&mut tx, chain(1), EARLIER, LATER).await.unwrap();
        records.all_notices_read(&mut tx, chain(1), NOW, LATER).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.unread_notices(chain(1)).await.unwrap(), 1, "{engine}: what came after");
        assert_eq!(records.unread_notices(chain(2)).await.unwrap(), 0, "{engine}");
    }
}

#[tokio::test]
async fn one_question_is_asked_about_a_line() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let question = |number: u128, line: u128, asked_at| QuestionRow {
            chain_id: chain(1),
            event_id: EventId(uuid(line)),
            question_id: QuestionId(uuid(number)),
            topic: QuestionTopic::Who,
            organisation: None,
            asked_at,
            answered_at: None,
        };
        let mut tx = records.begin().await.unwrap();
        records.ask(&mut tx, &question(1, 71, NOW)).await.unwrap();
        records.ask(&mut tx, &question(2, 71, LATER)).await.unwrap();
        records.ask(&mut tx, &question(3, 72, LATER)).await.unwrap();
        tx.commit().await.unwrap();
        let lines = [EventId(uuid(71)), EventId(uuid(72))];
        let asked = records.questions(chain(1), &lines).await.unwrap();
        assert_eq!(asked, [question(3, 72, LATER), question(1, 71, NOW)], "{engine}");
        assert!(records.questions(chain(2), &lines).await.unwrap().is_empty(), "{engine}");
    }
}
