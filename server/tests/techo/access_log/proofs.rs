use crate::{
    access_log::{look, register_clinic, scope},
    fixtures::each_app,
};
use serde_json::Value;
use techo_audit::log::tree::{
    VerifierKey, checkpoint_mirror::CheckpointMirror, proof::LineProof, sequencer::Sequencer,
};

#[tokio::test]
async fn a_line_is_proven_by_its_file_with_the_key_that_the_page_shows() {
    for app in each_app().await {
        register_clinic(&app).await;
        let (mut browser, _) = app.enrolled(1).await;
        let whose = scope(&app, 1).await;
        let event = look(&app, &whose);
        let path = format!("/access-log/{}", event.id);
        app.state.log.append(event).await.unwrap();
        assert!(
            browser.get(&path).await.text.contains("まもなく署名されたログに入ります"),
            "{}",
            app.engine()
        );
        assert_eq!(browser.get(&format!("{path}/proof")).await.status, 404, "there is none yet");

        let place = CheckpointMirror::Folder(app.folder.path().join("checkpoints"));
        let sequencer = Sequencer::new(app.installation.custody.clone(), "localhost:3000/access-log", place)
            .await
            .unwrap();
        sequencer.run_once().await.unwrap();
        let file = browser.get(&format!("{path}/proof")).await;
        assert!(file.header("content-disposition").starts_with("attachment"));
        let proof = LineProof::read(&file.text).unwrap();
        let key = proof.verifier.clone().unwrap();
        let page = browser.get("/access-log").await.text;
        assert!(page.contains(&key.to_string()), "the page shows the key");
        let checkpoint = proof.check(&key).unwrap();
        assert!(page.contains(&checkpoint.size.to_string()));
        let body: Value = serde_json::from_str(&proof.body).unwrap();
        assert_eq!((&body["action"], &body["count"]), (&"read".into(), &2.into()));

        let lines = browser.get("/access-log/download.jsonl").await.text;
        let mut proven = 0;
        for line in lines.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let Some(text) = line["proof"].as_str() else { continue };
            let proof = LineProof::read(text).unwrap();
            proof.check(&key).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&proof.body).unwrap(), line["line"]);
            proven += 1;
        }
        assert!(proven >= 2, "{proven} lines are proven");
        let stranger = VerifierKey::new("localhost:3000/access-log", &[0; 32]);
        assert!(stranger.is_none_or(|stranger| proof.check(&stranger).is_err()));
    }
}
