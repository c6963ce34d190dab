home-title = { $name }さんの手帳
home-page-title = ホーム
home-coverage-title = いまの健康保険
home-coverage-valid = 使えます
home-coverage-pending = 確認中
home-coverage-unknown = 情報がありません
home-coverage-insurer = { $insurer }（窓口での負担 { $burden }割）
home-coverage-pending-text = 新しい加入先の情報が、まだ届いていません（{ $date }から）。
home-coverage-unknown-text = 加入先から、まだ情報が届いていません。
home-coverage-link = 資格をくわしく見る

home-next-title = 次にすること
home-next-passkey = 2台目の端末にもパスキーを作っておきましょう
home-next-passkey-text = いまの端末をなくしても、もう1台でサインインできます。
home-next-sharing = 記録をだれに見せるかを決めましょう
home-next-sharing-text = { promise-who-sees }あとから何度でも変えられます。
home-next-insurer = 健康保険の情報を、加入先に確かめましょう
home-next-insurer-text = 保険が変わったあとの情報が、まだ届いていません。
home-next-checkup = 最近の健診に、基準から外れた項目があります
home-next-checkup-text = 結果を見て、気になるときは医療機関に相談してください。
home-next-guidance = 特定保健指導の対象になっています
home-next-guidance-text = 生活習慣を見直すための支援を受けられます。加入先の健康保険にお問い合わせください。
home-next-yearly = 今年度の健診が、まだ記録されていません
home-next-yearly-text = 受ける時期や場所は、加入先の健康保険からの案内をご覧ください。
home-next-card = マイナンバーカードの更新が近づいています
home-next-card-text = { $date }までに、市区町村の窓口で更新してください。

home-latest-title = 最近の健診
home-latest-none-outside = 基準から外れた項目はありません。
home-latest-outside = 基準から外れた項目：{ $list }
home-latest-high = 高い { $count }項目
home-latest-low = 低い { $count }項目
home-latest-abnormal = 基準外 { $count }項目
home-latest-link = 結果を見る

home-news-title = 新しく届いた記録
home-news-line = { $kind }　{ $count }件
home-news-from = { $from }から
home-news-none = 最近届いた記録はありません。

home-doors-title = 記録を見る
home-door-checkups = 健診の結果
home-door-vaccinations = 予防接種
home-door-coverage = 健康保険の資格
home-door-count = { $count }件
home-door-empty = まだありません

home-empty-title = まだ記録がありません
home-empty-text = 市区町村や健康保険から記録が届くと、ここに表示されます。お手続きは要りません。
home-share-link = 窓口で使う番号を作る
