from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_queues'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='topic_from',
            field=models.CharField(blank=True, db_default='', default='', max_length=8),
        ),
    ]
