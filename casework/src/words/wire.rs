//! The closed word lists of the wire format.

use super::code::words;

words! {
    /// Where it happened.
    Place {
        /// 家中
        Home = "home",
        /// 学校
        School = "school",
        /// 网络
        Online = "online",
        /// 机构
        Institution = "institution",
        /// 其他
        Other = "other",
        /// 不清楚
        Unknown = "unknown",
    }
}

words! {
    /// Who is suspected.
    Suspect {
        /// 监护人
        Guardian = "guardian",
        /// 其他家庭成员
        Family = "family",
        /// 学校教职工
        SchoolStaff = "school-staff",
        /// 同学、未成年人
        Peer = "peer",
        /// 公职人员
        Official = "official",
        /// 熟人
        Acquaintance = "acquaintance",
        /// 陌生人
        Stranger = "stranger",
        /// 没有
        None = "none",
        /// 不清楚
        Unknown = "unknown",
    }
}

words! {
    /// Sex of a child.
    Sex {
        /// 女
        Female = "female",
        /// 男
        Male = "male",
        /// 不清楚
        Unknown = "unknown",
    }
}

words! {
    /// With whom a child lives.
    LivingWith {
        /// 父母
        Parents = "parents",
        /// 母亲
        Mother = "mother",
        /// 父亲
        Father = "father",
        /// 祖父母或外祖父母
        Grandparents = "grandparents",
        /// 其他亲属
        Relatives = "relatives",
        /// 独自
        Alone = "alone",
        /// 无人
        Nobody = "nobody",
        /// 机构
        Institution = "institution",
        /// 不清楚
        Unknown = "unknown",
    }
}

words! {
    /// What the reporter is.
    ReporterKind {
        /// 教师
        Teacher = "teacher",
        /// 医生
        Doctor = "doctor",
        /// 儿童主任
        ChildDirector = "child-director",
        /// 社会工作者
        SocialWorker = "social-worker",
        /// 公安
        Police = "police",
        /// 亲属
        Relative = "relative",
        /// 公众
        Public = "public",
        /// 未成年人本人
        Child = "child",
    }
}

words! {
    /// How the reporter wishes to be known.
    Identity {
        /// 实名
        Named = "named",
        /// 实名并要求保密
        Confidential = "confidential",
        /// 匿名
        Anonymous = "anonymous",
    }
}
