"""What everyday Chinese looks like, so that a sentence is told from a seed phrase.

The Chinese lists hold the 2,048 most frequent characters, nearly all that people write with; what
gives a phrase away is that its characters have nothing to do with each other. Both lists are
sorted by frequency, so a character's number says how common it is.
"""

from __future__ import annotations

from bitp.policies.secrets.word_lists import CHINESE, read_words

WEIGHT_STEPS = (
    (8, -34),
    (24, -27),
    (64, -21),
    (128, -17),
    (256, -11),
    (400, -6),
    (600, -2),
    (900, 3),
    (1300, 9),
    (1700, 15),
    (2048, 20),
)
"""Number in the list below → how far one character speaks for a random phrase (positive) or for
prose (negative), in tenths of a natural logarithm of the ratio of both likelihoods."""

CHAT_WEIGHT = -16
"""Characters that conversations about accounts and money use far more often than books do."""

OFF_LIST_WEIGHT = -45
"""A character on no list: prose, or one slip in a phrase."""

PAIR_WEIGHT = -60
"""Two characters that make a word: one in 4,000 random pairs, every third pair of prose."""

_CHAT = (
    "请问您好吗呢吧呀啊哦嗯谢麻烦帮忙客服人工提现充值到账帐户号密码验证登录绑定解锁冻结审核币钱包转"
    "账汇款付款收款交易订单买卖单价格限市挂撤成网络链地址确认手续费机邮箱短信注册身份证实名认冲被骗诈"
    "盗风险控安全隐私删除改换修升级版本下载安装打开关闭点击按钮页面显示错误失败提示退出刷新卡顿慢快急"
    "等待多久时候分钟小时天昨今明早晚周月年号截图上传填写资料信息联系回复消息聊天记录查询处理解决问题"
    "怎么办什为哪里还没已经可以不能需要应该知道告诉发送接收输入忘记丢失找回重置设置选择余额资产合约杠"
    "杆现货理财利息奖励活动优惠邀请朋友推荐投诉举报申诉赔偿退银行支付宝微信扫二维码元万千百十图片文件"
    "谷歌器官方真假冒充钓鱼邮件链接陌生助记词私钥备份泄露導"
)

_PAIRS = (
    # what is said in any conversation
    "我们 你们 他们 她们 它们 咱们 大家 自己 别人 人家 这个 那个 哪个 这些 那些 哪些 这里 那里 哪里 这样 "
    "那样 怎样 这么 那么 怎么 什么 多么 为什 因为 所以 但是 可是 不过 而且 并且 或者 还是 如果 要是 虽然 "
    "然后 以后 以前 之后 之前 后来 最后 最近 刚刚 刚才 现在 目前 当时 同时 时候 时间 今天 明天 昨天 后天 "
    "前天 早上 上午 中午 下午 晚上 夜里 今年 去年 明年 每天 每次 一次 一下 一个 一些 一点 一直 一样 一起 "
    "一定 一般 有点 有些 有人 有的 没有 没人 没法 不是 不能 不会 不要 不用 不行 不对 不到 不了 不好 不知 "
    "知道 了解 明白 清楚 觉得 认为 以为 感觉 希望 想要 想问 打算 准备 开始 继续 结束 完成 已经 正在 曾经 "
    "将要 马上 立刻 立即 尽快 赶紧 赶快 暂时 永远 经常 常常 总是 有时 从来 可以 可能 能够 应该 必须 需要 "
    "只要 只有 只是 只能 就是 就会 都是 也是 还有 还没 还要 再次 重新 非常 特别 十分 比较 更加 越来 太多 "
    "很多 很少 很大 很快 很慢 很久 许多 全部 所有 任何 每个 各种 其他 其它 另外 别的 第一 第二 第三 两个 "
    "三个 几个 几次 几天 多少 多久 多长 小时 分钟 秒钟 左右 之间 以内 以上 以下 里面 外面 上面 下面 前面 "
    "后面 旁边 中间 附近 地方 东西 事情 问题 办法 方法 方式 方面 情况 原因 结果 意思 意见 建议 关系 关于 "
    "对于 由于 根据 按照 通过 经过 进行 成为 作为 变成 得到 收到 看到 听到 遇到 找到 等到 拿到 回到 直到 "
    "起来 出来 进来 过来 下来 上来 出去 进去 过去 下去 上去 回来 回去 看看 试试 问问 想想 等等 谢谢 感谢 "
    "请问 请您 您好 你好 好的 好吧 是的 是不 不客 客气 抱歉 对不 不起 没事 没关 麻烦 辛苦 帮忙 帮助 帮我 "
    "告诉 说明 解释 介绍 回答 提供 提醒 提出 要求 请求 同意 拒绝 接受 允许 禁止 保证 保护 保持 保存 注意 "
    "小心 担心 放心 着急 生气 高兴 开心 满意 失望 相信 怀疑 发现 发生 出现 存在 包括 属于 影响 造成 导致 "
    # accounts, money, and what goes wrong with them
    "账户 帐户 账号 帐号 登录 登陆 登入 密码 口令 验证 证码 校验 手机 电话 号码 邮箱 邮件 短信 信息 消息 "
    "通知 公告 客服 人工 服务 平台 网站 官网 官方 页面 界面 按钮 点击 打开 关闭 下载 安装 更新 升级 版本 "
    "系统 软件 程序 应用 浏览 电脑 设备 网络 信号 连接 链接 断开 超时 失败 成功 错误 异常 故障 正常 恢复 "
    "提示 显示 弹出 出错 报错 卡住 加载 刷新 退出 进入 返回 取消 确认 确定 提交 申请 审核 通过 批准 处理 "
    "等待 排队 充值 充币 提现 提币 提款 到账 到帐 入账 转账 转出 转入 转到 汇款 付款 收款 支付 扣款 退款 "
    "退回 余额 资金 资产 金额 数量 手续 续费 费用 费率 价格 价钱 市场 市价 限价 行情 交易 买入 卖出 购买 "
    "出售 下单 订单 挂单 撤单 成交 委托 合约 杠杆 仓位 平仓 爆仓 保证 证金 现货 理财 收益 利息 利润 亏损 "
    "损失 赔偿 补偿 奖励 活动 优惠 红包 邀请 钱包 地址 主网 公链 区块 块链 确认 节点 货币 数字 比特 特币 "
    "以太 太坊 泰达 代币 币种 私钥 助记 记词 备份 泄露 泄漏 被盗 盗走 盗号 骗子 诈骗 被骗 钓鱼 冒充 风险 "
    "风控 安全 冻结 解冻 锁定 解锁 限制 封禁 身份 证件 实名 认证 护照 驾照 照片 截图 上传 图片 文件 资料 "
    "材料 证明 隐私 个人 人信 权限 绑定 解绑 更换 更改 修改 设置 设定 重置 找回 忘记 丢失 注销 删除 注册 "
    "谷歌 验器 银行 行卡 信用 用卡 卡号 微信 支付 付宝 二维 维码 扫码 输入 填写 选择 添加 新增 移除 查看 "
    "查询 查找 搜索 记录 历史 明细 详情 流水 凭证 编号 单号 投诉 举报 反馈 申诉 联系 沟通 回复 答复 转接 "
    "用户 客户 会员 朋友 同事 老板 公司 团队 部门 经理 负责 人员 工作 作日 周末 节假 假日 上班 下班 休息 "
    # prose
    "中国 国家 世界 社会 政府 经济 政治 文化 历史 科学 技术 教育 学校 学生 老师 学习 研究 生活 生产 发展 "
    "建设 管理 组织 制度 政策 法律 规定 条件 环境 能力 水平 质量 标准 内容 形式 过程 阶段 作用 意义 目的 "
    "目标 计划 项目 活动 主要 重要 基本 一切 整个 部分 全面 直接 间接 具体 特殊 普通 简单 复杂 困难 容易 "
    "先生 女士 小姐 孩子 父亲 母亲 爸爸 妈妈 儿子 女儿 家里 家庭 房子 房间 城市 农村 道路 汽车 火车 飞机 "
    "天气 春天 夏天 秋天 冬天 太阳 月亮 星星 山水 风雨 花草 树木 河流 大海 吃饭 喝水 睡觉 走路 说话 看书 "
    "写字 唱歌 跳舞 身体 健康 医院 医生 生病 眼睛 心里 心情 爱情 梦想 记得 忘了 喜欢 讨厌 害怕 勇敢 美丽 "
    "年轻 老人 男人 女人 名字 声音 颜色 味道 电影 音乐 比赛 足球 新闻 报纸 故事 文章 语言 汉字 英语 数学 "
    "使用 利用 采用 运行 执行 启动 停止 支持 包含 指定 定义 创建 建立 删除 移动 复制 粘贴 目录 路径 格式 "
    "参数 选项 默认 变量 函数 命令 脚本 输出 字符 类型 数据 据库 服务 务器 配置 列表 对象 属性 方向 大小 "
    "位置 无法 无效 有效 必要 是否 以及 对应 相应 相同 不同 当前 上述 下列 以下 例如 其中 此外 除了 关键 "
    # traditional forms of the commonest
    "我們 你們 他們 這個 那個 這裡 這樣 那麼 怎麼 什麼 為什 因為 如果 還是 還有 還沒 沒有 時候 時間 現在 "
    "已經 可以 應該 需要 請問 謝謝 麻煩 帳戶 帳號 登錄 密碼 驗證 證碼 手機 號碼 郵箱 簡訊 客服 充值 提現 "
    "提幣 到賬 到帳 轉賬 轉帳 交易 訂單 錢包 地址 確認 網絡 網路 顯示 錯誤 失敗 資產 餘額 審核 凍結 解鎖 "
    "問題 處理 聯絡 聯繫 回覆 身份 實名 認證 銀行 助記 記詞 私鑰 備份 昨天 今天 明天 多久 為何 幫我 幫忙"
)


def _weight(number: int) -> int:
    return next(weight for below, weight in WEIGHT_STEPS if number < below)


def _read_numbers() -> tuple[dict[str, int], ...]:
    return tuple({c: n for n, c in enumerate(read_words(language))} for language in CHINESE)


CHARACTER_NUMBERS = _read_numbers()
"""For the simplified and the traditional list: character → number, 0 to 2047."""

WEIGHTS = {c: _weight(n) for numbers in CHARACTER_NUMBERS for c, n in numbers.items()}
WEIGHTS |= {c: min(CHAT_WEIGHT, WEIGHTS.get(c, CHAT_WEIGHT)) for c in _CHAT if c in WEIGHTS}

PAIRS = frozenset(_PAIRS.split())

RARE = "".join(sorted(c for c, weight in WEIGHTS.items() if weight > 0))
"""Characters that speak for a phrase; a random phrase of twelve has about seven of them."""
