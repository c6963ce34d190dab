privacy-title = 個人情報の取り扱い
privacy-version = { $date }から
privacy-lead = この手帳が、あなたについて何を、なぜ、いつまで保存し、だれが見られるかを説明します。

privacy-keep-title = 何を保存しますか
privacy-keep-who = あなたについて
privacy-keep-who-text = 氏名、生年月日、性別、住所、連絡先、引っ越し、保護者、支援措置の有無。市区町村から届きます。あなたと記録を正しく結びつけるために使います。
privacy-keep-checkups = 健診と検査の結果
privacy-keep-checkups-text = 健診の値、質問への答え、判定、健診を行った機関。病院などの検査の値と、検査を行った機関。健康保険、健診機関、医療機関から届きます。
privacy-keep-vaccinations = 予防接種の記録
privacy-keep-vaccinations-text = 接種した日、ワクチンの名前とロット番号、場所、回数。市区町村と、接種した医療機関から届きます。
privacy-keep-coverage = 健康保険の資格
privacy-keep-coverage-text = 加入先、記号・番号、負担割合、資格の始まりと終わり。健康保険から届きます。
privacy-keep-key = カードとパスキー
privacy-keep-key-text = カードの電子証明書の番号と、パスキーの公開鍵。サインインのために使います。指紋や顔の情報は届きません。
privacy-keep-log = 見た記録
privacy-keep-log-text = いつ、だれが、どの種類の記録を見たか、あなたが何を決めたか。記録の中身は書きません。

privacy-number-title = マイナンバーはどうなりますか
privacy-number-text = 市区町村や健康保険から届いた記録を、あなたのものとして結びつけるときに使います。そのあとに残すのは、手帳の鍵がなければ元に戻せない符号だけで、読める形では保存しません。この符号も、法律にしたがって個人番号と同じように守ります。カードからマイナンバーを読み取ることもありません。

privacy-why-title = なぜ保存しますか
privacy-why-text = あなたが自分の記録を見るためと、あなたが決めた相手に見せるためです。研究や、健康保険どうしの引き継ぎには、あなたが決めたときだけ使います。

privacy-until-title = いつまで保存しますか
privacy-until-records = 健診・検査・予防接種・資格の記録
privacy-until-records-text = 送ってきた市区町村、健康保険、医療機関が取り消すまで。訂正されたときは、訂正前の内容も履歴として残ります。
privacy-until-who = 氏名や住所
privacy-until-who-text = 記録があるあいだ。
privacy-until-key = パスキー
privacy-until-key-text = あなたが削除するまで。
privacy-until-session = サインインの状態
privacy-until-session-text = 15分間操作がないと終わります。長くても8時間です。
privacy-until-code = 手紙の登録コード
privacy-until-code-text = 30日間。使うとすぐに無効になります。
privacy-until-log = 見た記録
privacy-until-log-text = 記録があるあいだ。

privacy-who-title = だれが見られますか
privacy-who-you = あなたと、あなたが「見せる相手」で決めた所です。{ promise-who-sees }サインインには、あなたのカードから作ったパスキーが必要です。
privacy-who-author = 記録を作った所（健診機関や医療機関など）は、自分が作った記録を、あなたが決める前から見られます。「見せない」という決まりや「非開示」「完全非公開」で、見えなくすることができます。
privacy-who-not = 受付であなたがカードか番号を見せたときは、健康保険の資格だけを確かめられます。救急のときに見られたことは、正しかったかどうかを確認の担当者が調べます。市区町村は、定期・臨時の予防接種の台帳を持っています。勤め先の人は見られません。
privacy-who-operator = 機械を管理する担当者は、保守のために保存場所に触れることがあります。氏名や住所は暗号にして、健診などの記録とは別の場所に、別の符号で保存しているので、片方だけではだれの記録かわかりません。

privacy-rights-title = あなたができること
privacy-rights-see = 保存されている記録を、すべて確かめられます。
privacy-rights-report = 自分のものではない記録を、すぐに止められます。確認が終わるまで、だれにも表示されません。
privacy-rights-correct = 内容のまちがいは、記録を送った市区町村、健康保険、健診機関、医療機関に訂正を申し出てください。訂正が届くと、手帳も新しくなります。

privacy-cookie-title = Cookie（クッキー）
privacy-cookie-text = サインインの状態と、選んだことばを覚えるためだけに使います。広告や追跡には使いません。
