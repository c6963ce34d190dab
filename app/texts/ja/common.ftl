# Frame, navigation and words that several pages share.
product = 手帳 Techo
product-short = 手帳
skip-to-main = 本文へ進む
language-name = 日本語
error-prefix = エラー：
sign-in = サインイン
sign-out = サインアウト
demo-strip = これは体験版です。出てくる人も記録も、すべて架空のものです。
demo-strip-link = 体験用カードを選ぶ

nav-access-log = 閲覧
nav-notices = お知らせ
nav-notices-unread = （未読 { $count }件）
nav-label = 主なページ
nav-home = ホーム
nav-checkups = 健診
nav-vaccinations = 予防接種
nav-coverage = 資格
nav-records = 記録
nav-consent = 共有
nav-settings = 設定

footer-privacy = 個人情報の取り扱い
footer-about = 手帳は、健診・予防接種・健康保険の資格の記録を、ご本人が見て、見せる相手を決めるためのサービスです。{ promise-who-sees }

# Who sees what until somebody chooses. Said in six places, each time by this one text: /enrol, /, /privacy, /consent, home, the footer.
promise-who-sees = あなたが決めるまで、見られるのは、あなたと、その記録を作った所だけです。ただし救急のときは、治療や救急にあたる人（医師・看護師・救急救命士など）が理由を書いて60分見ることがあり、すぐに知らせます（やめることもできます）。

notice-signed-out = サインアウトしました。
notice-welcome = 準備ができました。次からは、サインインのボタンを押すだけで手帳を開けます。
notice-recovered = 新しいパスキーを作りました。前のパスキーは止めてあります。いまも手元にあるものは、設定で確かめると、また使えます。
notice-recovered-link = パスキーの設定を開く
notice-passkey-added = パスキーを追加しました。
notice-passkey-renamed = パスキーの名前を変えました。
notice-passkey-removed = パスキーを削除しました。
notice-passkey-confirmed = パスキーをまた使えるようにしました。
notice-signed-out-elsewhere = ほかの端末をすべてサインアウトしました。
notice-session-ended = その端末をサインアウトしました。
notice-reply-sent = 担当者に送りました。調べが終わると、お知らせします。
notice-report-filed = お知らせを受け付けました。この記録は確認が終わるまで、だれにも表示されません。
notice-privacy-agreed = 同意を受け付けました。ありがとうございます。
notice-privacy-changed = この用紙を開いたあとに、プライバシーのページが変わりました。もう一度読んでから、同意してください。
notice-card-linked = 新しいカードを登録しました。
notice-consent-dropped = 設定は変わっていません。
notice-consent-not-saved = 別の端末などで設定が先に変わったため、保存していません。いまの下書きはこのとおりです。確かめてから、もう一度決めてください。
notice-consent-no-draft = 保存する変更がありませんでした。いまの設定は、次のとおりです。
notice-mark-not-saved = 別の端末などで先に変わったため、保存していません。いまの印を確かめてから、もう一度決めてください。
notice-checked-ask-again = 本人確認ができました。まだ何もしていません。もう一度、同じボタンを押してください。
notice-checked-not-done = 本人確認はできましたが、変更はできませんでした。何も変わっていません。
notice-checked-nothing-waits = 本人確認ができました。続きの手続きは残っていないため、何も変わっていません。
notice-mark-saved = 記録の見せ方を変えました。次に見るときからこのとおりになります。
notice-export-running = 閲覧の記録を、いまファイルに書き出しています。終わってから、もう一度お試しください。
notice-export-locked = 安全のため、パスキーを作り直してから24時間は、ダウンロードできません。

card-trouble-label = マイナンバーカードについて
card-trouble-unknown = マイナンバーカードが有効かどうかを、いま確認できません。{ $date }までは、これまでどおりサインインできます。
card-trouble-ends-soon = マイナンバーカードの電子証明書は{ $date }で期限が切れます。市区町村の窓口で更新したあと、新しいカードを登録してください。
card-trouble-ended = マイナンバーカードの電子証明書の期限が切れました。{ $date }を過ぎるとサインインできなくなります。市区町村の窓口で更新し、新しいカードを登録してください。
card-trouble-link = 新しいカードを登録する

privacy-agree-label = 個人情報の取り扱いの変更
privacy-agree-text = 「個人情報の取り扱い」が新しくなりました。続けて使うには、内容を読んで同意してください。
privacy-agree-read = 内容を読む
privacy-agree-button = 同意する

kind-checkup = 健診
kind-laboratory = 検査
kind-vaccination = 予防接種
kind-coverage = 健康保険の資格
