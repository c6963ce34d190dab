laboratory-jump = 病院や診療所からの検査の結果を見る（{ $count }件）
laboratory-title = 検査
laboratory-lead = 病院や診療所が送った検査結果です。日付を選ぶと、くわしく見られます。
laboratory-count = { $count }項目
laboratory-partial = 一部の結果待ち
laboratory-preliminary = 暫定の結果
laboratory-corrected = 訂正あり
laboratory-appended = 追加あり

laboratory-report-title = { $date }の検査
laboratory-back = 検査の一覧へ
laboratory-results = 検査結果
laboratory-sender = 送った所
laboratory-state = 状態
laboratory-issued = 結果が出た日時
laboratory-changed = 訂正が届いた日時
laboratory-note = 判定と基準は、検査を行った機関が付けたものです。気になることは、医師にご相談ください。
