"""KP502: two names that look the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kaoping.check.declare import Symbol
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, error, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model

LOOK_ALIKE = (
    "己已巳", "未末", "土士", "日曰", "人入", "干千", "戊戌戍", "贷货", "帐账", "拔拨", "侯候", "析折", "兀元",
    "天夭", "大太",
    "子孑", "刀力", "儿几", "白自", "目且", "田由甲申", "王玉", "今令", "风凤", "乌鸟", "名各", "来耒", "查杳",
    "晴睛", "请清", "佘余",
    "0oO〇", "1lI", "—–-－_",
)  # fmt: skip
"""Characters that a reader takes for one another."""

TRADITIONAL = dict(
    zip(
        "業東兩嚴個豐為麗舉義烏樂喬習鄉書買亂爭於虧產親億僅從倉儀價眾優會傘偉傳傷倫偽體餘傭債傾償儲兒黨蘭關興養獸內岡冊寫軍農馮衝決況凍淨準涼減湊"
        "幾鳳憑凱擊劃劉則剛創刪別劑劍劇勸辦務動勵勁勞勢勳勻匯區醫華協單賣盧衛卻廠廳曆歷壓厭縣參雙發變敘疊葉號嘆後嚇呂嗎員問喚團園圍圖國圓聖場壞塊堅壇"
        "壩墳墊壘墾處備復夠頭夾奪獎奮婦媽嬰孫學寧寶實審憲宮寬賓對尋導壽將爾塵嘗堯層屆屬歲豈島嶺帥師帳帶幫幣廢廣慶庫應廟龐開異棄張彌彎彈強歸當錄徹徑"
        "憶憂懷態總戀惡慣憤願懶戲戰戶擴掃揚撫拋護報擔擬攏揀擁攔擇掛撓擋擠揮撈損撿換據擲擺搖擊數斂敵斬斷無舊時曠顯晉曉暫術樸機殺雜權條來楊極構槍棗櫃"
        "檢樓標棟欄樹棲樣橋檔樞夢殘毀畢漢湯溝沒淚潔灑濁測濟滬渾濃濤澇漲漸漁滲溫灣濕滿濫靈災爐點煉爛燒煩熱愛爺牆狀猶獨狹獵獻瑪環現瓏電畫暢療瘋"
        "監盤著盡礦碼磚確礎禮禍離種積稱穩窮竊競筆筍築簽簡糧糾紀約級紛純紙線練組細終紹經結給絡絕統繼績緒續綱網維綜綠緊總編縮繳罰羅職聯聽肅腸膚腫脹脫"
        "臉臨藝節蘇範薦藥莊萬蟲補襯裝覆見觀規視覽覺觸計訂認討讓訓議訊記講許論設訪證評識訴診詞試詩話該詳誤說請諸課調談謀謝謹譜責敗貨質販貪貧購貫貼貴貸"
        "費賀資賞賦賬賽贊趕趨躍踐車軌轉輪軟輕載較輔輛輸轄辭邊達遷過運還這進遠違連遲適選遞遺郵鄰鄭醬釋鑒針鋼錢鐵鉛銀鋪銷鎖鎮鏡長門閉問間閒閱隊陽階際陸陳險"
        "隨隱隸難霧靜頂項順須預領頒頓頻題額類顏風飛飯飲館馬駐駕驗騙魚鮮鳥麥黃齊齒齡龍",
        "业东两严个丰为丽举义乌乐乔习乡书买乱争于亏产亲亿仅从仓仪价众优会伞伟传伤伦伪体余佣债倾偿储儿党兰关兴养兽内冈册写军农冯冲决况冻净准凉减凑"
        "几凤凭凯击划刘则刚创删别剂剑剧劝办务动励劲劳势勋匀汇区医华协单卖卢卫却厂厅历历压厌县参双发变叙叠叶号叹后吓吕吗员问唤团园围图国圆圣场坏块坚坛"
        "坝坟垫垒垦处备复够头夹夺奖奋妇妈婴孙学宁宝实审宪宫宽宾对寻导寿将尔尘尝尧层届属岁岂岛岭帅师帐带帮币废广庆库应庙庞开异弃张弥弯弹强归当录彻径"
        "忆忧怀态总恋恶惯愤愿懒戏战户扩扫扬抚抛护报担拟拢拣拥拦择挂挠挡挤挥捞损捡换据掷摆摇击数敛敌斩断无旧时旷显晋晓暂术朴机杀杂权条来杨极构枪枣柜"
        "检楼标栋栏树栖样桥档枢梦残毁毕汉汤沟没泪洁洒浊测济沪浑浓涛涝涨渐渔渗温湾湿满滥灵灾炉点炼烂烧烦热爱爷墙状犹独狭猎献玛环现珑电画畅疗疯"
        "监盘着尽矿码砖确础礼祸离种积称稳穷窃竞笔笋筑签简粮纠纪约级纷纯纸线练组细终绍经结给络绝统继绩绪续纲网维综绿紧总编缩缴罚罗职联听肃肠肤肿胀脱"
        "脸临艺节苏范荐药庄万虫补衬装覆见观规视览觉触计订认讨让训议讯记讲许论设访证评识诉诊词试诗话该详误说请诸课调谈谋谢谨谱责败货质贩贪贫购贯贴贵贷"
        "费贺资赏赋账赛赞赶趋跃践车轨转轮软轻载较辅辆输辖辞边达迁过运还这进远违连迟适选递遗邮邻郑酱释鉴针钢钱铁铅银铺销锁镇镜长门闭问间闲阅队阳阶际陆陈险"
        "随隐隶难雾静顶项顺须预领颁顿频题额类颜风飞饭饮馆马驻驾验骗鱼鲜鸟麦黄齐齿龄龙",
        strict=True,
    )
)
_SAME = {char: group[0] for group in LOOK_ALIKE for char in group}


def alike(made: Model, _: Reaches) -> Iterator[Finding]:
    """Two names in reach of one another that differ by width, case, traditional form, or one look-alike character."""
    declarations = made.checker.declarations
    names = [symbol for symbol in declarations.names.values() if not symbol.placed.context.library]
    yield from _pairs(names, {}, {column.name for column, _ in made.results})
    outer: dict[str, Symbol] = {}
    for symbol in names:
        outer.setdefault(skeleton(symbol.short), symbol)
    for fields in declarations.fields.values():
        own = [symbol for symbol in fields.values() if not symbol.placed.context.library]
        yield from _pairs(own, outer)


def _pairs(symbols: list[Symbol], outer: Mapping[str, Symbol], columns: Container[str] = ()) -> Iterator[Finding]:
    """Pairs of names; an error where `columns` of the results differ by case alone, as in no database."""
    seen: dict[str, Symbol] = {}
    same: dict[str, Symbol] = {}
    for symbol in sorted(symbols, key=lambda each: each.span.start):
        key = skeleton(symbol.short)
        column = same.setdefault(symbol.short.casefold(), symbol) if symbol.short in columns else symbol
        known = column if column is not symbol else outer.get(key) or seen.setdefault(key, symbol)
        if known.short != symbol.short and _differ_in_one(known.short, symbol.short):
            facts: dict[str, Any] = {"name": symbol.short, "other": known.short}
            notes = (Note(known.span, "other"),)
            place = symbol.span.part(symbol.short)
            if column is known:
                yield under(symbol.placed, error("KP502", place, "columns", **facts, notes=notes))
            else:
                yield under(symbol.placed, warning("KP502", place, **facts, notes=notes))


def skeleton(name: str) -> str:
    """A name with everything taken away that a reader overlooks."""
    return "".join(_SAME.get(char, char).casefold() for char in plain(name))


def plain(name: str) -> str:
    """A name in half-width, lower-case, simplified characters."""
    return "".join(TRADITIONAL.get(char, char) for char in unicodedata.normalize("NFKC", name)).casefold()


def _differ_in_one(one: str, other: str) -> bool:
    """Whether at most one character is only a look-alike; what width, case and form change does not count."""
    one, other = plain(one), plain(other)
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 1
